namespace FlGlm.Server.Sessions;

/// <summary>The bytes of keys and values that all generating clients hold together, and their limit.</summary>
/// <param name="limit">bytes</param>
internal sealed class CacheBudget(long limit)
{
    private readonly Lock _lock = new();
    private long _used;
    private long _reported;

    /// <summary>Called with what all hold together, where it is none any more or has changed by an eighth since the last call.</summary>
    public Action<long> Changed { get; init; } = _ => { };

    /// <summary>Changes what one client holds.</summary>
    /// <param name="held">its bytes so far</param>
    /// <param name="needed">its bytes from now on</param>
    /// <returns>false where all clients together would exceed the limit; nothing is changed then</returns>
    public bool TryChange(long held, long needed)
    {
        lock (_lock)
        {
            if (needed > held && needed - held > limit - _used)
                return false;
            _used += needed - held;
            if (_used != _reported && (_used == 0 || Math.Abs(_used - _reported) > _reported / 8))
                Changed(_reported = _used);
            return true;
        }
    }
}
