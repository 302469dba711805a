using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace FlGlm.Core.Events;

/// <summary>
/// The one way from server, client and trainer to whoever listens. Reporting never waits: a terminal, disk or observer that blocks delays no
/// step. Beyond <see cref="Capacity"/> events that are not read yet, further ones are counted and dropped.
/// </summary>
public sealed class RunEvents
{
    /// <summary>Events that can wait to be read: about two hours of quick steps.</summary>
    public const int Capacity = 1 << 16;

    private readonly Channel<RunEvent> _waiting = Channel.CreateBounded<RunEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly TaskCompletionSource _readerLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadMark? _mark;
    private long _missed;

    /// <summary>Any thread may report.</summary>
    public void Report(RunEvent happened)
    {
        happened.Measure();
        if (!_waiting.Writer.TryWrite(happened))
            Interlocked.Increment(ref _missed);
    }

    /// <summary>Reports a line for the user.</summary>
    public void Report(string text) => Report(new RunEvent.Message(text));

    /// <summary>Reports a warning.</summary>
    public void Warn(string text) => Report(new RunEvent.Message(text, IsWarning: true));

    /// <summary>The run is over: reading ends after the events reported so far.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    /// <summary>All events, in the order in which they were reported; one reader.</summary>
    public async IAsyncEnumerable<RunEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        try
        {
            await foreach (var happened in _waiting.Reader.ReadAllAsync(ct).ConfigureAwait(false))
            {
                if (happened is ReadMark mark)
                    mark.Reached.TrySetResult();
                else
                    yield return happened;
                if (_waiting.Reader.Count == 0 && Interlocked.Exchange(ref _missed, 0) is > 0 and var missed)
                    yield return new RunEvent.Missed(missed);
            }
        }
        finally
        {
            _readerLeft.TrySetResult();
        }
    }

    /// <summary>
    /// Waits until whoever listens is done with everything reported so far, so that a checkpoint is not ahead of the files that are written from
    /// events. One that has left, or is slower than the limit, is not waited for, and not a second time.
    /// </summary>
    internal async Task WhenReadAsync(TimeSpan limit)
    {
        if (_mark is { Reached.Task.IsCompleted: false })
            return;
        _mark = new ReadMark(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (_waiting.Writer.TryWrite(_mark))
            await Task.WhenAny(_mark.Reached.Task, _readerLeft.Task, Task.Delay(limit)).ConfigureAwait(false);
    }

    private sealed record ReadMark(TaskCompletionSource Reached) : RunEvent;
}
