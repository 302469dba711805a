using System.IO.Pipelines;

namespace FlGlm.Core.Wire;

/// <summary>Reads from a pipe with a time-out that needs no allocation per read.</summary>
internal sealed class TimedPipeReader : IDisposable
{
    private readonly PipeReader _pipe;
    private readonly Timer _timer;
    private volatile bool _closed;

    public TimedPipeReader(PipeReader pipe)
    {
        _pipe = pipe;
        _timer = new Timer(_ => pipe.CancelPendingRead(), null, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>The longest wait for the next bytes; zero = unlimited.</summary>
    public TimeSpan PeerTimeout { get; set; }

    /// <summary>The last read reached the end of the stream.</summary>
    public bool Ended { get; private set; }

    public async ValueTask<ReadResult> ReadAsync(CancellationToken ct)
    {
        var since = Environment.TickCount64;
        while (true)
        {
            var read = _pipe.ReadAsync(ct);
            var timed = !read.IsCompleted && PeerTimeout > TimeSpan.Zero;
            if (timed)
                _timer.Change(PeerTimeout, Timeout.InfiniteTimeSpan);
            var result = await read.ConfigureAwait(false);
            if (timed)
                _timer.Change(Timeout.Infinite, Timeout.Infinite);
            Ended = result.IsCompleted;
            if (!result.IsCanceled)
                return result;

            _pipe.AdvanceTo(result.Buffer.Start);
            if (_closed)
                throw new IOException("closed on this side");
            if (Environment.TickCount64 - since >= 0.9 * PeerTimeout.TotalMilliseconds)
                throw new TimeoutException($"nothing was received for {PeerTimeout.TotalSeconds:0.#} s");
        }
    }

    /// <summary>Makes the pending read and all later ones fail.</summary>
    public void Close()
    {
        _closed = true;
        _pipe.CancelPendingRead();
    }

    public void Dispose() => _timer.Dispose();
}
