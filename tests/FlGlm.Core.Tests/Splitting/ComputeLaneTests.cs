using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Splitting;

public sealed class ComputeLaneTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly ComputeLane _lane = new("lane");

    [Fact]
    public async Task Work_runs_in_order_on_the_one_thread()
    {
        var order = new List<int>();
        var threads = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => _lane.RunAsync(
            () =>
            {
                order.Add(number);
                return Environment.CurrentManagedThreadId;
            },
            None)));

        Assert.Equal(Enumerable.Range(0, 100), order);
        Assert.Single(threads.Distinct());
    }

    [Fact]
    public async Task The_lane_runs_the_sending_code_while_nothing_else_is_queued()
    {
        var (computed, after) = await GoOnAsync(_lane.RunThenSendAsync);

        Assert.Equal(computed, after);
    }

    [Fact]
    public async Task The_lane_does_not_send_while_other_work_waits()
    {
        var second = Task.FromResult(0);
        var (computed, after) = await GoOnAsync((compute, ct) => _lane.RunThenSendAsync(
            () =>
            {
                second = _lane.RunAsync(() => 1, None);
                return compute();
            },
            ct));

        Assert.Equal(1, await second);
        Assert.NotEqual(computed, after);
    }

    [Fact]
    public async Task The_lane_does_not_run_the_sending_code_after_a_failure()
    {
        var (computed, after) = await GoOnAsync(async (compute, ct) =>
        {
            var thread = 0;
            try
            {
                await _lane.RunThenSendAsync<int>(
                    () =>
                    {
                        thread = compute();
                        throw new InvalidOperationException();
                    },
                    ct);
            }
            catch (InvalidOperationException)
            {
                // The test checks which thread runs this code.
            }

            return thread;
        });

        Assert.NotEqual(computed, after);
    }

    /// <summary>Code that blocks after ordinary work must not block the lane.</summary>
    [Fact]
    public async Task Other_work_continues_on_another_thread()
    {
        var (computed, after) = await GoOnAsync(_lane.RunAsync);

        Assert.NotEqual(computed, after);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_is_thrown_to_its_caller_and_the_lane_continues(bool sends)
    {
        Func<Func<int>, CancellationToken, Task<int>> run = sends ? _lane.RunThenSendAsync : _lane.RunAsync;
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => run(() => throw new InvalidOperationException(), None));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run(() => 1, cancelled.Token));
        Assert.Equal(2, await run(() => 2, None));
    }

    [Fact]
    public async Task A_closed_lane_finishes_what_is_queued_and_takes_nothing_more()
    {
        var queued = _lane.RunAsync(() => 3, None);
        _lane.Dispose();

        Assert.Equal(3, await queued);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _lane.RunAsync(() => 4, None));
    }

    /// <summary>The last digits of a product depend on the number of threads.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_lane_has_its_own_number_of_threads_from_its_first_product_on(int threads)
    {
        using var restore = new LaneThreads();
        using var lane = new ComputeLane("own", threads);
        using var other = new ComputeLane("other", 3 - threads);
        var first = await lane.RunAsync(Products, None);
        await other.RunAsync(() => ones(200_000).add_(1).sum().item<float>(), None); // has counted its threads

        var second = await lane.RunAsync(
            () =>
            {
                set_num_threads(get_num_threads()); // whatever was set elsewhere
                return Products();
            },
            None);

        Assert.Equal(threads, await lane.RunAsync(get_num_threads, None));
        Assert.Equal(3 - threads, await other.RunAsync(get_num_threads, None));
        Assert.Equal(first, second);
    }

    public void Dispose() => _lane.Dispose();

    /// <summary>Threads that begin to compute later, outside of lanes, have the number that was set last.</summary>
    private sealed class LaneThreads : IDisposable
    {
        private readonly int _before = get_num_threads();

        public void Dispose() => set_num_threads(_before);
    }

    /// <summary>Products of many sizes, some of which are shared among threads.</summary>
    private static byte[] Products()
    {
        using var scope = NewDisposeScope();
        long[] sizes = [4, 8, 16, 32, 48, 96];
        var products =
            from rows in (long[])[3, 7, 12, 21, 33, 63]
            from width in sizes
            from columns in sizes
            let left = arange(rows * width).sin().view(rows, width)
            let right = arange(columns * width).cos().view(columns, width)
            select nn.functional.linear(left, right).flatten();
        return cat([.. products]).bytes.ToArray();
    }

    /// <returns>the threads of the work and of the code directly after it</returns>
    private static Task<(int Computed, int After)> GoOnAsync(Func<Func<int>, CancellationToken, Task<int>> run) => Task.Run(async () =>
    {
        var computed = await run(
            () =>
            {
                Thread.Sleep(20); // so that the caller is already waiting
                return Environment.CurrentManagedThreadId;
            },
            None);
        return (computed, Environment.CurrentManagedThreadId);
    });
}
