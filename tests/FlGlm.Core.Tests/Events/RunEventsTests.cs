using FlGlm.Core.Events;

namespace FlGlm.Core.Tests.Events;

public sealed class RunEventsTests
{
    [Fact]
    public async Task Reporting_never_waits_and_what_is_too_much_is_counted()
    {
        var events = new RunEvents();
        for (var i = 0; i < RunEvents.Capacity + 7; i++)
            events.Report(new RunEvent.Saved(i, []));
        events.Complete();

        List<RunEvent> seen = [];
        await foreach (var happened in events.ReadAllAsync())
            seen.Add(happened);

        Assert.Equal(Enumerable.Range(0, RunEvents.Capacity).Select(i => (long)i), seen.OfType<RunEvent.Saved>().Select(saved => saved.Step));
        Assert.Equal(new RunEvent.Missed(7), seen[^1]);
        Assert.Equal(RunEvents.Capacity + 1, seen.Count);
    }

    [Fact]
    public async Task What_was_missed_is_reported_once_and_later_events_follow()
    {
        var events = new RunEvents();
        for (var i = 0; i < RunEvents.Capacity + 2; i++)
            events.Report("early");
        await using var reading = events.ReadAllAsync().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        for (var i = 0; i < RunEvents.Capacity; i++)
            Assert.True(await reading.MoveNextAsync());

        Assert.True(await reading.MoveNextAsync());
        Assert.Equal(new RunEvent.Missed(2), reading.Current);
        events.Report("late");
        events.Complete();
        Assert.True(await reading.MoveNextAsync());
        Assert.Equal(new RunEvent.Message("late"), reading.Current);
        Assert.False(await reading.MoveNextAsync());
    }

    [Fact]
    public async Task Many_threads_may_report()
    {
        var events = new RunEvents();
        Parallel.For(0, 1000, i => events.Report(new RunEvent.Saved(i, [])));
        events.Complete();

        List<long> seen = [];
        await foreach (var happened in events.ReadAllAsync())
            seen.Add(((RunEvent.Saved)happened).Step);

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), seen.Order());
    }
}
