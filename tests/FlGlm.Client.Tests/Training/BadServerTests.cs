using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>The test sends the frames of the server to a real client.</summary>
public sealed class BadServerTests : IAsyncLifetime
{
    private readonly TinyRun _run = new(TinyRun.Settings());
    private TinyClient _client = null!;
    private IFrameChannel _server = null!;

    public async ValueTask InitializeAsync()
    {
        var pair = InMemoryPair.Create();
        var accepting = Handshake.AcceptAsync(pair.Server, "memory", new ChannelOptions { Name = "server" }, default);
        var channel = await Handshake.ConnectAsync(pair.Client, "memory", new ChannelOptions { Name = "client" }, default);
        _client = new TinyClient(channel, _run.OpenStages(), _run.Plan, _run.Content, 1);
        _server = await accepting;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _client.DisposeAsync();
        await _run.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_vanishes_is_a_network_error_and_leaves_whole_steps()
    {
        var training = _client.RunAsync();
        await BeginTurnAsync();
        (await _server.ExpectAsync(FrameKind.Forward, default)).Dispose();

        await _server.DisposeAsync();

        await Assert.ThrowsAsync<NetworkException>(() => training);
        using var fresh = _run.OpenStages();
        var before = TinyTrainer.Values(fresh.Parameters);
        Assert.All(_client.Values, value => Assert.Equal(before[value.Key], value.Value));
    }

    [Fact]
    public async Task A_reply_to_another_pass_is_refused()
    {
        var training = _client.RunAsync();
        await BeginTurnAsync();
        using (var forward = await _server.ExpectAsync(FrameKind.Forward, default))
            await ReplyAsync(forward, step: 7, value: 0);

        await RefusedAsync(training, FaultCode.WrongStep);
    }

    [Fact]
    public async Task A_reply_that_is_no_number_is_refused()
    {
        var training = _client.RunAsync();
        await BeginTurnAsync();
        using (var forward = await _server.ExpectAsync(FrameKind.Forward, default))
            await ReplyAsync(forward, step: 1, value: float.NaN);

        await RefusedAsync(training, FaultCode.NotFinite);
    }

    [Fact]
    public async Task A_failure_of_the_program_itself_is_sent_as_an_internal_fault()
    {
        _client.Trainer.BeforeStep = _ => throw new OutOfMemoryException("not for the server");
        var training = _client.RunAsync();
        await BeginTurnAsync();

        var told = await ToldAsync();
        await _server.DisposeAsync();

        await Assert.ThrowsAsync<OutOfMemoryException>(() => training);
        Assert.Equal((FaultCode.Internal, true), (told.Code, told.FromPeer));
        Assert.DoesNotContain("not for the server", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_turn_before_the_plan_is_refused()
    {
        var training = _client.RunAsync();

        await _server.SendAsync(FrameKind.Turn, new Turn { Round = 1 }, null, default);

        await RefusedAsync(training, FaultCode.Unexpected);
    }

    [Fact]
    public async Task A_client_pings_while_it_waits()
    {
        var training = _client.RunAsync();
        await AgreeAsync();
        var before = _server.BytesReceived;
        _ = _server.ReceiveAsync(default).AsTask();

        await TinyRun.UntilAsync(() => _server.BytesReceived > before + 100);

        Assert.False(training.IsCompleted);
        await _server.DisposeAsync();
        await Assert.ThrowsAsync<NetworkException>(() => training);
    }

    private async Task AgreeAsync()
    {
        (await _server.ExpectAsync(FrameKind.Join, default)).Dispose();
        var plan = new Plan { Version = BuildVersion.Current, Settings = PlanText.Write(_run.Plan), PingEveryS = 0.02, MaxFrameBytes = 1 << 20 };
        await _server.SendAsync(FrameKind.Plan, plan, null, default);
        (await _server.ExpectAsync(FrameKind.PlanAccepted, default)).Dispose();
        await _server.SendAsync(FrameKind.ContentAgreed, new ContentAgreed(), null, default);
    }

    private async Task BeginTurnAsync()
    {
        await AgreeAsync();
        await _server.SendAsync(FrameKind.Turn, new Turn { Round = 1, Client = 1 }, null, default);
    }

    private async Task ReplyAsync(Frame forward, long step, float value)
    {
        using var hidden = full(forward.Spec[0], forward.Spec[1], value, dtype: float32);
        await _server.SendAsync(FrameKind.ForwardReply, new PassDone { Step = step }, new TensorPayload(hidden), default);
    }

    private Task<ProtocolException> ToldAsync() => Assert.ThrowsAsync<ProtocolException>(async () =>
    {
        while (true)
            (await _server.ReceiveAsync(default)).Dispose();
    });

    private async Task RefusedAsync(Task training, FaultCode code)
    {
        var told = await ToldAsync();
        await _server.DisposeAsync();
        var thrown = await Assert.ThrowsAsync<ProtocolException>(() => training);

        Assert.Equal((code, true), (told.Code, told.FromPeer));
        Assert.Equal((code, false), (thrown.Code, thrown.FromPeer));
    }
}
