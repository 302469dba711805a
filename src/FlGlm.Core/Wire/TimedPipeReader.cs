using System.IO.Pipelines;

namespace FlGlm.Core.Wire;

/// <summary>Reads that give up when nothing at all arrives for a while, without an allocation per read.</summary>
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

    /// <summary>The longest silence to bear; zero = any.</summary>
    public TimeSpan PeerTimeout { get; set; }

    /// <summary>The last read came to the end of the stream.</summary>
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
            var result = await read;
            if (timed)
                _timer.Change(Timeout.Infinite, Timeout.Infinite);
            Ended = result.IsCompleted;
            if (!result.IsCanceled)
                return result;

            _pipe.AdvanceTo(result.Buffer.Start);
            if (_closed)
                throw new IOException("closed on this side");
            if (Environment.TickCount64 - since >= 0.9 * PeerTimeout.TotalMilliseconds)
                throw new TimeoutException($"nothing was heard for {PeerTimeout.TotalSeconds:0.#} s");
        }
    }

    /// <summary>Ends the read that waits, and all later ones.</summary>
    public void Close()
    {
        _closed = true;
        _pipe.CancelPendingRead();
    }

    public void Dispose() => _timer.Dispose();
}
