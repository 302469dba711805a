using FlGlm.Core.Configuration;
using FlGlm.Core.Events;

namespace FlGlm.Core.Tests.Events;

public sealed class FlGlmRunTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_reader_that_never_reads_on_delays_no_step()
    {
        var run = new Steps(RunEvents.Capacity + 100);
        await using var reading = run.RunAsync().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await reading.MoveNextAsync());

        await run.Ended.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal(RunEvents.Capacity + 100, run.Taken);
    }

    [Fact]
    public async Task A_reader_that_blocks_delays_no_step_and_then_gets_every_event()
    {
        var run = new Steps(1000);
        List<RunEvent> seen = [];
        await foreach (var happened in run.RunAsync())
        {
            if (seen.Count == 0)
                Assert.True(run.HasEnded.Wait(Patience, TestContext.Current.CancellationToken)); // the reader's thread does nothing else until then
            seen.Add(happened);
        }

        Assert.Equal(1000, seen.Count);
    }

    [Fact]
    public async Task A_reader_that_throws_stops_the_work_which_saves_and_the_readers_exception_comes_out()
    {
        var run = new Steps(long.MaxValue);

        var error = await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (var _ in run.RunAsync())
                throw new FormatException("of the reader");
        });

        Assert.Equal("of the reader", error.Message);
        Assert.Equal((true, true), (run.WasStopped, run.IsSaved));
    }

    [Fact]
    public async Task A_loop_that_is_left_stops_the_work_which_saves()
    {
        var run = new Steps(long.MaxValue);

        await foreach (var _ in run.RunAsync())
            break;

        Assert.Equal((true, true), (run.WasStopped, run.IsSaved));
    }

    [Fact]
    public async Task A_run_is_started_once()
    {
        var run = new Steps(1);
        await run.RunToEndAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => run.RunToEndAsync());

        Assert.Equal(1, run.Taken);
    }

    [Fact]
    public async Task A_failure_comes_after_the_events_before_it()
    {
        var run = new Steps(3) { Failure = new NetworkException("gone") };
        List<RunEvent> seen = [];

        var error = await Assert.ThrowsAsync<NetworkException>(async () =>
        {
            await foreach (var happened in run.RunAsync())
                seen.Add(happened);
        });

        Assert.Equal(("gone", 3), (error.Message, seen.Count));
    }

    [Fact]
    public async Task Cancelling_ends_the_work_without_a_stop()
    {
        using var cancel = new CancellationTokenSource();
        var run = new Steps(long.MaxValue);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in run.RunAsync(cancel.Token))
                await cancel.CancelAsync();
        });

        Assert.Equal((false, true), (run.WasStopped, run.IsSaved));
    }

    /// <summary>Reports steps until a stop, and saves.</summary>
    private sealed class Steps(long steps) : FlGlmRun
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Exception? Failure { get; init; }

        public Task Ended => _ended.Task;

        public ManualResetEventSlim HasEnded { get; } = new();

        public long Taken { get; private set; }

        public bool WasStopped { get; private set; }

        public bool IsSaved { get; private set; }

        protected override async Task WorkAsync(CancellationToken stop, CancellationToken ct)
        {
            try
            {
                while (Taken < steps && !stop.IsCancellationRequested)
                {
                    ct.ThrowIfCancellationRequested();
                    Taken++;
                    Events.Report(new RunEvent.Saved(Taken, []));
                    if (Taken % 1000 == 0)
                        await Task.Yield();
                }

                if (Failure is not null)
                    throw Failure;
            }
            finally
            {
                (WasStopped, IsSaved) = (stop.IsCancellationRequested, true);
                _ended.SetResult();
                HasEnded.Set();
            }
        }
    }
}
