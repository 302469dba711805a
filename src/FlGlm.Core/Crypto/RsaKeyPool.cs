using System.Threading.Channels;

namespace FlGlm.Core.Crypto;

/// <summary>RSA pairs made ahead of need, on a thread of their own, so that no step waits for one.</summary>
public sealed class RsaKeyPool : IAsyncDisposable
{
    private readonly Channel<RsaKeyPair> _ready;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _making;

    /// <summary>Starts making pairs at once.</summary>
    /// <param name="ready">How many to keep ready; one is being made besides.</param>
    public RsaKeyPool(int ready = 2)
        : this(ready, RsaKeyPair.Create)
    {
    }

    internal RsaKeyPool(int ready, Func<RsaKeyPair> make)
    {
        _ready = Channel.CreateBounded<RsaKeyPair>(ready);
        _making = Task.Factory.StartNew(
            () => Make(make, _stop.Token), _stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>A pair that nobody else gets; the caller disposes it.</summary>
    internal ValueTask<RsaKeyPair> TakeAsync(CancellationToken ct) => _ready.Reader.ReadAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _making.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (_ready.Reader.TryRead(out var pair))
            pair.Dispose();
        _stop.Dispose();
    }

    private void Make(Func<RsaKeyPair> make, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var pair = make();
            var write = _ready.Writer.WriteAsync(pair, ct).AsTask();
            if (Task.WhenAny(write).GetAwaiter().GetResult().IsCanceled)
                pair.Dispose();
        }
    }
}
