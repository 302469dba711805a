using FlGlm.Client.Sessions;
using FlGlm.Client.Tests.Generation;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Tests.Training;

/// <summary>A second connection of one identity.</summary>
public sealed class BusyTests
{
    /// <summary>A run of two clients, which wait for one that is lost.</summary>
    private static RunPlan OfTwo
    {
        get
        {
            var settings = TinyRun.Settings(steps: 2, clients: 2);
            return settings with { Clients = settings.Clients with { WhenLost = WhenLost.Wait } };
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task While_the_first_session_answers_a_second_one_is_refused_and_the_first_goes_on(int clients)
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 2, clients: clients));
        var held = new TaskCompletionSource();
        var first = await run.ConnectAsync("anna");
        first.Trainer.BeforeStep = _ => held.Task;
        var running = first.RunAsync();
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains(clients == 1 ? "turn of anna in round 1" : "anna joined"));
        var second = await run.ConnectAsync("anna");

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => second.RunAsync());

        Assert.Equal((FaultCode.Busy, true), (refusal.Code, refusal.FromPeer));
        Assert.Contains("'anna' has a session already, and it answers", refusal.Message, StringComparison.Ordinal);
        var other = clients == 2 ? (await run.ConnectAsync("bert")).RunAsync() : running;
        held.SetResult();
        Assert.Equal([(ClientOutcome.Finished, 2), (ClientOutcome.Finished, 2)], (await Task.WhenAll(running, other)).Select(end => (end.Outcome, end.Steps)));
    }

    [Fact]
    public async Task A_client_that_is_refused_tries_again_until_the_first_session_is_over()
    {
        await using var run = new TinyRun(OfTwo);
        var (first, answering) = await JoinAsync(run);
        var second = (await run.ConnectAsync("anna", again: () => null)).RunAsync();
        await TinyRun.UntilAsync(() => run.Seen.Events.Count(seen => seen == "anna lost") >= 3);

        await first.DisposeAsync();
        await TinyRun.UntilAsync(() => run.Seen.Events.Count(seen => seen == "anna joined") == 2); // before bert, with whom the run starts

        var other = (await run.ConnectAsync("bert")).RunAsync();
        Assert.Equal([(ClientOutcome.Finished, 2), (ClientOutcome.Finished, 2)], (await Task.WhenAll(second, other)).Select(end => (end.Outcome, end.Steps)));
        await Assert.ThrowsAsync<NetworkException>(() => answering);
    }

    /// <summary>The server may still have what an earlier process of the client had under way.</summary>
    [Fact]
    public async Task A_client_that_was_refused_does_not_say_that_it_takes_part_already()
    {
        await using var run = new TinyRun(OfTwo with { RunId = new string('a', 32) });
        var (client, server) = await RawServer.PairAsync();
        var (next, nextServer) = await RawServer.PairAsync();
        await using var nextScope = nextServer;
        await using var refusing = new RawServer(run, new TinyClient(client, run.OpenStages(), run.Plan, run.Content, 1, connect: (_, _) => Task.FromResult(next)), server);
        var running = refusing.Client.RunAsync();
        await refusing.AgreeAsync();

        await server.SendAsync(FrameKind.Fault, new Fault { Code = (uint)FaultCode.Busy, Text = "it answers" }, null, default);

        using (var frame = await nextServer.ExpectAsync(FrameKind.Resume, default))
            Assert.False(frame.Parse<Resume>().Live);
        await nextServer.SendAsync(FrameKind.Fault, new Fault { Code = (uint)FaultCode.Full, Text = "enough" }, null, default);
        Assert.Equal(FaultCode.Full, (await Assert.ThrowsAsync<ProtocolException>(() => running)).Code);
    }

    [Fact]
    public async Task A_client_that_is_refused_for_long_says_that_another_one_has_its_identity()
    {
        await using var run = new TinyRun(OfTwo);
        var (first, answering) = await JoinAsync(run);
        var second = await run.ConnectAsync("anna", again: () => null, settings: new ClientSettings { ReconnectForS = 1 });

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => second.RunAsync());

        Assert.Equal((FaultCode.Busy, true), (refusal.Code, refusal.FromPeer));
        Assert.True(run.Seen.Events.Count(seen => seen == "anna lost") > 1);
        await first.DisposeAsync();
        await Assert.ThrowsAsync<NetworkException>(() => answering);
    }

    [Fact]
    public async Task A_dead_session_is_replaced_and_the_new_one_takes_part()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 2, clients: 2));
        await RawClient.JoinAsync(await run.OpenAsync("anna")); // from now on nobody receives here
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("anna joined"));

        var second = (await run.ConnectAsync("anna")).RunAsync();

        Assert.Contains("A newer connection of this identity has replaced it", await run.Seen.Lost, StringComparison.Ordinal);
        var other = (await run.ConnectAsync("bert")).RunAsync();
        Assert.Equal([(ClientOutcome.Finished, 2), (ClientOutcome.Finished, 2)], (await Task.WhenAll(second, other)).Select(end => (end.Outcome, end.Steps)));
    }

    [Fact]
    public async Task One_identity_may_train_and_generate_at_the_same_time()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 2));
        var held = new TaskCompletionSource();
        var training = await run.ConnectAsync("anna");
        training.Trainer.BeforeStep = taken => taken == 1 ? held.Task : Task.CompletedTask;
        var running = training.RunAsync();
        await TinyRun.UntilAsync(() => run.Seen.Steps.Count == 1);

        await using (var generating = await GenerationClient.ConnectAsync(run, "anna"))
        {
            await using var again = await GenerationClient.ConnectAsync(run, "anna");
            await generating.Decoder.PrefillAsync([[3, 4, 5]], default);
            await again.Decoder.PrefillAsync([[3, 4, 5]], default);
        }

        held.SetResult();
        Assert.Equal((ClientOutcome.Finished, 2), (await running is var end ? (end.Outcome, end.Steps) : default));
    }

    /// <summary>A session of anna that takes part and answers.</summary>
    private static async Task<(IFrameChannel Channel, Task Answering)> JoinAsync(TinyRun run)
    {
        var channel = await run.OpenAsync("anna");
        await RawClient.JoinAsync(channel);
        var answering = AnswerAsync(channel);
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("anna joined"));
        return (channel, answering);
    }

    /// <summary>Receives, which answers what asks whether the client is there.</summary>
    private static async Task AnswerAsync(IFrameChannel channel)
    {
        while (true)
            (await channel.ReceiveAsync(default)).Dispose();
    }
}
