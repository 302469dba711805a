using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Tests.Training;

/// <summary>The test sends the frames of the server to a real client.</summary>
public sealed class BadServerTests : IAsyncLifetime
{
    private readonly TinyRun _run = new(TinyRun.Settings());
    private RawServer _raw = null!;

    private TinyClient Client => _raw.Client;

    private IFrameChannel Server => _raw.Channel;

    public async ValueTask InitializeAsync() => _raw = await RawServer.OpenAsync(_run);

    public async ValueTask DisposeAsync()
    {
        await _raw.DisposeAsync();
        await _run.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_vanishes_is_a_network_error_and_leaves_whole_steps()
    {
        var training = Client.RunAsync();
        await _raw.BeginTurnAsync();
        (await Server.ExpectAsync(FrameKind.Forward, default)).Dispose();

        await Server.DisposeAsync();

        await Assert.ThrowsAsync<NetworkException>(() => training);
        using var fresh = _run.OpenStages();
        var before = TinyTrainer.Values(fresh.Parameters);
        Assert.All(Client.Values, value => Assert.Equal(before[value.Key], value.Value));
    }

    [Fact]
    public async Task A_reply_to_another_pass_is_refused()
    {
        var training = Client.RunAsync();
        await _raw.BeginTurnAsync();
        await _raw.ServeAsync(FrameKind.Forward, FrameKind.ForwardReply, step: 7);

        await RefusedAsync(training, FaultCode.WrongStep);
    }

    [Fact]
    public async Task A_reply_that_is_no_number_is_refused()
    {
        var training = Client.RunAsync();
        await _raw.BeginTurnAsync();
        await _raw.ServeAsync(FrameKind.Forward, FrameKind.ForwardReply, step: 1, value: float.NaN);

        await RefusedAsync(training, FaultCode.NotFinite);
    }

    [Fact]
    public async Task A_failure_of_the_program_itself_is_sent_as_an_internal_fault()
    {
        Client.Trainer.BeforeStep = _ => throw new OutOfMemoryException("not for the server");
        var training = Client.RunAsync();
        await _raw.BeginTurnAsync();

        var told = await _raw.ExpectFaultAsync();
        await Server.DisposeAsync();

        await Assert.ThrowsAsync<OutOfMemoryException>(() => training);
        Assert.Equal((FaultCode.Internal, true), (told.Code, told.FromPeer));
        Assert.DoesNotContain("not for the server", told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 0)]
    [InlineData(0, 3)]
    public async Task A_turn_of_other_steps_than_the_plan_s_is_refused(int steps, int total)
    {
        var training = Client.RunAsync();
        await _raw.AgreeAsync();

        var turn = _raw.Turn;
        (turn.Steps, turn.TotalSteps) = (steps == total ? 0 : turn.Steps + steps, steps == total ? 0 : turn.TotalSteps + total);
        await Server.SendAsync(FrameKind.Turn, turn, null, default);

        await RefusedAsync(training, FaultCode.WrongStep);
    }

    [Fact]
    public async Task A_turn_before_the_plan_is_refused()
    {
        var training = Client.RunAsync();

        await Server.SendAsync(FrameKind.Turn, new Turn { Round = 1 }, null, default);

        await RefusedAsync(training, FaultCode.Unexpected);
    }

    [Fact]
    public async Task A_client_pings_while_it_waits()
    {
        var training = Client.RunAsync();
        await _raw.AgreeAsync();
        var before = Server.BytesReceived;
        _ = Server.ReceiveAsync(default).AsTask();

        await TinyRun.UntilAsync(() => Server.BytesReceived > before + 100);

        Assert.False(training.IsCompleted);
        await Server.DisposeAsync();
        await Assert.ThrowsAsync<NetworkException>(() => training);
    }

    private async Task RefusedAsync(Task training, FaultCode code)
    {
        var told = await _raw.ExpectFaultAsync();
        await Server.DisposeAsync();
        var thrown = await Assert.ThrowsAsync<ProtocolException>(() => training);

        Assert.Equal((code, true), (told.Code, told.FromPeer));
        Assert.Equal((code, false), (thrown.Code, thrown.FromPeer));
    }
}
