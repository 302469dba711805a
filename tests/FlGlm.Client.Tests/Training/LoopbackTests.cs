using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Server.Hosting;

namespace FlGlm.Client.Tests.Training;

/// <summary>The same over a real socket, where a lost peer causes other errors.</summary>
public sealed class LoopbackTests
{
    [Fact]
    public async Task Remote_steps_over_tcp_equal_local_steps_bit_for_bit()
    {
        await using var run = new TinyRun(TinyRun.Settings(dropout: 0.1), overTcp: true);
        var (losses, _) = await run.TrainLocallyAsync();
        var client = await run.ConnectAsync();

        var result = await client.RunAsync();

        Assert.Equal(ClientOutcome.Finished, result.Outcome);
        Assert.Equal(losses, client.Trainer.Losses);
        Assert.Equal(ServedRun.Complete, await run.Served);
        Assert.Contains("client finished", run.Seen.Events);
    }

    [Fact]
    public async Task A_client_whose_connection_breaks_is_lost_and_the_rest_goes_on()
    {
        await using var run = new TinyRun(TinyRun.Settings(clients: 2), overTcp: true);
        var dying = await run.ConnectAsync("dying");
        dying.Trainer.BeforeStep = async taken => await (taken == 2 ? dying.Channel.DisposeAsync() : ValueTask.CompletedTask);
        var death = dying.RunAsync();
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("dying joined"));
        var other = await run.ConnectAsync("other");

        Assert.Equal(5, (await other.RunAsync()).Steps);

        await Assert.ThrowsAsync<NetworkException>(() => death);
        Assert.Contains("dying lost", run.Seen.Events);
    }

    [Fact]
    public async Task Goodbyes_arrive_on_both_sides()
    {
        await using var run = new TinyRun(TinyRun.Settings(clients: 2), overTcp: true);
        var leaving = await run.ConnectAsync("leaving");
        leaving.Trainer.BeforeStep = async taken => await (taken == 1 ? leaving.Stop.CancelAsync() : Task.CompletedTask);
        var staying = await run.ConnectAsync("staying");
        staying.Trainer.BeforeStep = async taken => await (taken == 1 ? run.Stop.CancelAsync() : Task.CompletedTask);
        var stay = staying.RunAsync();
        Assert.Equal(ClientOutcome.Interrupted, (await leaving.RunAsync()).Outcome);
        Assert.Contains("goodbye", await run.Seen.Lost, StringComparison.Ordinal);

        Assert.Equal(ClientOutcome.ServerLeft, (await stay).Outcome);

        Assert.Equal(ServedRun.Stopped, await run.Served);
    }
}
