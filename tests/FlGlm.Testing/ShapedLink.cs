namespace FlGlm.Testing;

/// <summary>One direction of a network: computes when bytes arrive at the other end. It knows no clock.</summary>
public sealed class ShapedLink
{
    private TimeSpan _free;
    private NetworkShape _shape = NetworkShape.None;

    /// <param name="bytes">given to the link now, behind all that were given before</param>
    /// <param name="now">never earlier than before</param>
    /// <param name="shape">holds for these bytes</param>
    /// <returns>when the last of them arrives</returns>
    public TimeSpan ArrivalOf(int bytes, TimeSpan now, NetworkShape shape)
    {
        if (shape != _shape)
            (_shape, _free) = (shape, now);
        _free = (_free > now ? _free : now) + TimeSpan.FromSeconds(8 * bytes / shape.BitsPerSecond);
        return _free + shape.Delay;
    }
}
