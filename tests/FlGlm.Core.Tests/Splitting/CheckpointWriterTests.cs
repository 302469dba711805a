using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Splitting;

/// <summary>A file in the place of the folder stands for a disk that refuses.</summary>
public sealed class CheckpointWriterTests : IDisposable
{
    private static readonly RunProgress State = new("train", 1, 1);

    private readonly TempFolder _folder = new();
    private readonly ComputeLane _lane = new("test");
    private readonly RunEvents _events = new();

    private string Target => _folder.At("checkpoints");

    public void Dispose()
    {
        _lane.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_newest_are_kept()
    {
        var writer = Writer(WhenDiskFull.Stop);
        _events.Complete();
        foreach (var step in Enumerable.Range(1, 5))
            await WriteAsync(writer, $"step-{step}");

        Assert.Equal(["step-4", "step-5"], writer.Store.Names);
        Assert.Equal(2, Directory.GetDirectories(Target).Length);
    }

    [Fact]
    public async Task Held_ones_are_kept_until_they_are_let_go()
    {
        var writer = Writer(WhenDiskFull.Stop);
        _events.Complete();
        foreach (var step in Enumerable.Range(1, 2))
            await WriteAsync(writer, $"step-{step}");

        await using (var held = await writer.HoldAsync(names => [.. names.Take(1)]))
        {
            Assert.Equal(["step-1"], held.Names);
            foreach (var step in Enumerable.Range(3, 3))
                await WriteAsync(writer, $"step-{step}");
            Assert.Equal(["step-1", "step-4", "step-5"], writer.Store.Names);
        }

        await WriteAsync(writer, "step-6");
        Assert.Equal(["step-5", "step-6"], writer.Store.Names);
    }

    [Fact]
    public async Task A_disk_that_refuses_ends_the_run()
    {
        File.WriteAllText(Target, "");
        _events.Complete();

        await Assert.ThrowsAsync<CheckpointException>(() => WriteAsync(Writer(WhenDiskFull.Stop), "step-1"));
    }

    [Fact]
    public async Task A_run_that_pauses_warns_once_and_goes_on_when_there_is_room()
    {
        File.WriteAllText(Target, "");
        var reading = LinesAsync(line =>
        {
            if (line.StartsWith("the run pauses", StringComparison.Ordinal))
                File.Delete(Target);
        });

        await WriteAsync(Writer(WhenDiskFull.Pause), "step-1");

        _events.Complete();
        var lines = await reading;
        Assert.Equal(2, lines.Count);
        Assert.StartsWith("the run pauses, since checkpoint 'step-1' cannot be written ('", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("it goes on when there is room (checkpoint.when_disk_full)", lines[0], StringComparison.Ordinal);
        Assert.Equal("checkpoint 'step-1' is written, the run goes on", lines[1]);
        Assert.Equal(["step-1"], new CheckpointStore(Target).Names);
    }

    [Fact]
    public async Task A_stop_ends_the_pause_with_the_disks_error()
    {
        File.WriteAllText(Target, "");
        using var stop = new CancellationTokenSource();
        _ = LinesAsync(_ => stop.Cancel());

        await Assert.ThrowsAsync<CheckpointException>(() => WriteAsync(Writer(WhenDiskFull.Pause, TimeSpan.FromHours(1)), "step-1", stop.Token));
    }

    [Fact]
    public async Task The_lane_is_free_during_a_pause()
    {
        File.WriteAllText(Target, "");
        using var stop = new CancellationTokenSource();
        var pauses = new TaskCompletionSource();
        _ = LinesAsync(_ => pauses.TrySetResult());
        var writing = WriteAsync(Writer(WhenDiskFull.Pause, TimeSpan.FromHours(1)), "step-1", stop.Token);
        await pauses.Task;

        Assert.Equal(1, await _lane.RunAsync(() => 1, TestContext.Current.CancellationToken));

        await stop.CancelAsync();
        await Assert.ThrowsAsync<CheckpointException>(() => writing);
    }

    [Fact]
    public async Task A_checkpoint_is_written_when_the_events_before_it_are_read()
    {
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var reading = Task.Run(async () =>
        {
            await foreach (var _ in _events.ReadAllAsync())
            {
                reached.TrySetResult();
                await goOn.Task;
            }
        });
        _events.Report("a step");
        await reached.Task;

        var writing = WriteAsync(Writer(WhenDiskFull.Stop), "step-1");
        Assert.True(await _lane.RunAsync(() => !Directory.Exists(Target), TestContext.Current.CancellationToken)); // behind what is queued
        goOn.SetResult();
        await writing;

        Assert.True(Directory.Exists(Target));
        _events.Complete();
        await reading;
    }

    [Fact]
    public async Task A_reader_that_has_left_is_not_waited_for()
    {
        _events.Report("a step");
        await foreach (var _ in _events.ReadAllAsync(TestContext.Current.CancellationToken))
            break;

        await _events.WhenReadAsync(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_slow_reader_is_waited_for_once()
    {
        await _events.WhenReadAsync(TimeSpan.FromMilliseconds(1));
        await _events.WhenReadAsync(TimeSpan.FromHours(1));
    }

    private CheckpointWriter Writer(WhenDiskFull whenFull, TimeSpan? retryAfter = null) =>
        new(new CheckpointStore(Target), new CheckpointSettings { Keep = 2, WhenDiskFull = whenFull }, _lane, _events) { RetryAfter = retryAfter ?? TimeSpan.FromMilliseconds(1) };

    private static Task WriteAsync(CheckpointWriter writer, string name, CancellationToken stop = default) =>
        writer.WriteAsync(name, () => State, () => new Dictionary<string, IReadOnlyDictionary<string, Tensor>>(), stop, default);

    private async Task<List<string>> LinesAsync(Action<string> happened)
    {
        var lines = new List<string>();
        await foreach (var each in _events.ReadAllAsync())
        {
            lines.Add(each.ToString()!);
            happened(lines[^1]);
        }

        return lines;
    }
}
