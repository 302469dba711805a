using System.Threading.Channels;

namespace FlGlm.Core.Crypto;

/// <summary>Makes RSA pairs in advance on a separate thread, so that no step waits for one. Where that fails, the caller that needs a pair tries again.</summary>
public sealed class RsaKeyPool : IAsyncDisposable
{
    /// <summary>Null: making this pair failed.</summary>
    private readonly Channel<RsaKeyPair?> _ready;
    private readonly Func<RsaKeyPair> _make;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _making;

    /// <summary>Starts making pairs at once and keeps <paramref name="ready"/> of them ready.</summary>
    public RsaKeyPool(int ready = 2)
        : this(ready, RsaKeyPair.Create)
    {
    }

    internal RsaKeyPool(int ready, Func<RsaKeyPair> make)
    {
        _ready = Channel.CreateBounded<RsaKeyPair?>(ready);
        _make = make;
        _making = FillAsync(_stop.Token);
    }

    /// <summary>Waits until a pair is ready, so that the time for the first one does not count against a handshake's time-out.</summary>
    public async Task WarmUpAsync(CancellationToken ct) => await _ready.Reader.WaitToReadAsync(ct).ConfigureAwait(false);

    /// <summary>A pair for this caller only, which disposes it.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">No pair can be made; the next call tries again.</exception>
    internal async ValueTask<RsaKeyPair> TakeAsync(CancellationToken ct) => await _ready.Reader.ReadAsync(ct).ConfigureAwait(false) ?? await MakeAsync(ct).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _making.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ready.Writer.Complete();
        while (_ready.Reader.TryRead(out var pair))
            pair?.Dispose();
        _stop.Dispose();
    }

    private async Task FillAsync(CancellationToken ct)
    {
        while (await _ready.Writer.WaitToWriteAsync(ct).ConfigureAwait(false))
            _ready.Writer.TryWrite(await MakeOrNullAsync(ct).ConfigureAwait(false));
    }

    private async Task<RsaKeyPair?> MakeOrNullAsync(CancellationToken ct)
    {
        try
        {
            return await MakeAsync(ct).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // whatever it is, the caller that tries again gets it
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    private Task<RsaKeyPair> MakeAsync(CancellationToken ct) =>
        Task.Factory.StartNew(_make, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
