using System.Threading.Channels;

namespace FlGlm.Core.Crypto;

/// <summary>Makes RSA pairs in advance on a separate thread, so that no step waits for one.</summary>
public sealed class RsaKeyPool : IAsyncDisposable
{
    private readonly Channel<RsaKeyPair> _ready;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _making;

    /// <summary>Starts making pairs at once and keeps <paramref name="ready"/> of them ready.</summary>
    public RsaKeyPool(int ready = 2)
        : this(ready, RsaKeyPair.Create)
    {
    }

    internal RsaKeyPool(int ready, Func<RsaKeyPair> make)
    {
        _ready = Channel.CreateBounded<RsaKeyPair>(ready);
        _making = MakeAsync(make, _stop.Token);
    }

    /// <summary>Waits until a pair is ready, so that the time for the first one does not count against a handshake's time-out.</summary>
    public async Task WarmUpAsync(CancellationToken ct) => await _ready.Reader.WaitToReadAsync(ct);

    /// <summary>A pair for this caller only, which disposes it.</summary>
    internal ValueTask<RsaKeyPair> TakeAsync(CancellationToken ct) => _ready.Reader.ReadAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _making.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ready.Writer.Complete();
        while (_ready.Reader.TryRead(out var pair))
            pair.Dispose();
        _stop.Dispose();
    }

    private async Task MakeAsync(Func<RsaKeyPair> make, CancellationToken ct)
    {
        while (await _ready.Writer.WaitToWriteAsync(ct))
            _ready.Writer.TryWrite(await Task.Factory.StartNew(make, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }
}
