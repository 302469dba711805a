using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

/// <summary>The end of a run: the middle is saved, then the clients receive it.</summary>
public sealed class HandOverTests
{
    [Fact]
    public async Task The_middle_is_saved_before_any_client_gets_a_part_of_it()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1));
        var relay = new Relay();
        var sentBefore = -1;
        run.Save = async () =>
        {
            // Sessions that would not wait have had their time on the lane.
            for (var i = 0; i < 20; i++)
                await run.KeepBusyAsync(TimeSpan.FromMilliseconds(1));
            sentBefore = Results(relay);
        };
        var client = await run.ConnectAsync(through: relay);

        var result = await client.RunAsync();

        using (result.Middle)
            Assert.NotNull(result.Middle);
        Assert.Equal(ServedRun.Complete, await run.Served);
        Assert.Equal(0, sentBefore);
        Assert.NotEqual(0, Results(relay));
    }

    [Fact]
    public async Task If_saving_fails_no_client_gets_results_and_the_server_throws()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1, clients: 2));
        run.Save = () => Task.FromException(new IOException("the disk is full"));
        TinyClient[] clients = [await run.ConnectAsync("anna"), await run.ConnectAsync("bert")];
        var ends = clients.Select(client => client.RunAsync()).ToList();

        foreach (var end in ends)
        {
            var fault = await Assert.ThrowsAsync<ProtocolException>(() => end);
            Assert.Equal((FaultCode.Internal, true), (fault.Code, fault.FromPeer));
        }

        Assert.Equal("the disk is full", (await Assert.ThrowsAsync<IOException>(() => run.Served)).Message);
        Assert.All(clients, client => Assert.Equal(2, client.Seen.Events.Count(seen => seen is "turn 1" or "average 1")));
    }

    [Fact]
    public async Task A_server_asked_to_stop_does_not_wait_for_a_client_that_reads_no_results()
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll); // a frame that is being sent has 10 s
        const int Hidden = 256;
        var model = new TinyLlama { Hidden = Hidden, Intermediate = 512 }; // more than a connection holds
        await using var run = new TinyRun(TinyRun.Settings(PeftMethod.None, steps: 1), model: model);
        var channel = await run.OpenAsync("raw");
        await RawClient.JoinAsync(channel);
        (await RawClient.ExpectAsync(channel, FrameKind.Turn)).Dispose();
        await RawClient.StepAsync(channel, 1, Hidden);
        await channel.SendAsync(FrameKind.RoundEnd, new RoundEnd { Round = 1, Steps = 1 }, null, default);
        (await RawClient.ExpectAsync(channel, FrameKind.AdapterTensor)).Dispose(); // and reads nothing more

        await run.Stop.CancelAsync();

        Assert.Equal(ServedRun.Complete, await run.Served.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.DoesNotContain("raw finished", run.Seen.Events);
    }

    [Fact]
    public async Task A_client_that_reads_no_results_is_given_up_after_the_deadline()
    {
        const int Hidden = 256;
        var model = new TinyLlama { Hidden = Hidden, Intermediate = 512 };
        var server = new ServerSettings { HandshakeTimeoutS = 120, Deadlines = new DeadlineSettings { HandOverS = 0.3 } };
        await using var run = new TinyRun(TinyRun.Settings(PeftMethod.None, steps: 1), model: model, server: server);
        var channel = await run.OpenAsync("raw");
        await RawClient.JoinAsync(channel);
        (await RawClient.ExpectAsync(channel, FrameKind.Turn)).Dispose();
        await RawClient.StepAsync(channel, 1, Hidden);

        await channel.SendAsync(FrameKind.RoundEnd, new RoundEnd { Round = 1, Steps = 1 }, null, default);

        Assert.Equal(ServedRun.Complete, await run.Served);
        Assert.Contains("0.3 s (server.deadlines.hand_over_s)", await run.Seen.Lost, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_asked_to_stop_while_it_receives_results_leaves_at_once_without_them()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1));
        await using var raw = await RawServer.OpenAsync(run);
        var training = raw.Client.RunAsync();
        await raw.BeginTurnAsync();
        await raw.ServeAsync(FrameKind.Forward, FrameKind.ForwardReply, step: 1, value: 1);
        await raw.ServeAsync(FrameKind.Backward, FrameKind.BackwardReply, step: 1);
        (await raw.Channel.ExpectAsync(FrameKind.RoundEnd, default)).Dispose();
        var first = run.Middle.Parameters[0];
        using (var part = first.Value.detach().flatten())
        {
            var header = new AdapterTensor { Name = first.Name };
            header.Dims.AddRange(first.Value.shape);
            await raw.Channel.SendAsync(FrameKind.AdapterTensor, header, new TensorPayload(part), default);
        }

        await raw.Client.Stop.CancelAsync();

        (await raw.Channel.ExpectAsync(FrameKind.Goodbye, default)).Dispose();
        await raw.Channel.DisposeAsync();
        var result = await training;
        Assert.Equal((ClientOutcome.Interrupted, 1), (result.Outcome, result.Steps));
        Assert.Null(result.Middle);
    }

    private static int Results(Relay relay)
    {
        lock (relay.Seen)
            return relay.Seen.Count(frame => frame.Direction == FrameDirection.ServerToClient && Relay.KindOf(frame.Bytes) == FrameKind.AdapterTensor);
    }
}
