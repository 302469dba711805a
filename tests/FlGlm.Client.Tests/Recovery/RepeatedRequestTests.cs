using FlGlm.Client.Tests.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Tests.Recovery;

/// <summary>Requests that a client sends twice, since it cannot know whether they have come.</summary>
public sealed class RepeatedRequestTests : IAsyncLifetime
{
    private readonly TinyRun _run = new(TinyRun.Settings(steps: 3, dropout: 0.3));
    private IFrameChannel _channel = null!;

    public async ValueTask InitializeAsync()
    {
        _channel = await _run.OpenAsync();
        await RawClient.JoinAsync(_channel);
        (await RawClient.ExpectAsync(_channel, FrameKind.Turn)).Dispose();
    }

    public async ValueTask DisposeAsync() => await _run.DisposeAsync();

    [Fact]
    public async Task A_repeated_request_gets_the_same_bytes_and_is_not_executed_again()
    {
        var forward = await ForwardAsync(1);
        var forwardAgain = await ForwardAsync(1);
        var backward = await BackwardAsync(1);
        var backwardAgain = await BackwardAsync(1);

        Assert.Equal(forward, forwardAgain);
        Assert.Equal(backward, backwardAgain);
        await _run.HoldLaneAsync(new ManualResetEventSlim(initialState: true));
        Assert.Equal(1, _run.MiddleSteps.Taken);
    }

    [Fact]
    public async Task A_request_whose_reply_the_client_has_is_refused_when_it_comes_again()
    {
        await ForwardAsync(1);
        await BackwardAsync(1);
        await ForwardAsync(2, lastReply: 1);

        await _channel.SendAsync(FrameKind.Backward, new PassGradient { Step = 1 }, RawClient.Hidden(2), default);

        await RawClient.ExpectRefusalAsync(_channel, FaultCode.Duplicate);
    }

    [Fact]
    public async Task A_request_of_a_later_attempt_is_refused()
    {
        await _channel.SendAsync(FrameKind.Forward, new Pass { Step = 1, Lengths = { 2 }, Attempt = 1 }, RawClient.Hidden(2), default);

        await RawClient.ExpectRefusalAsync(_channel, FaultCode.WrongStep);
    }

    [Fact]
    public async Task A_repeated_Drop_is_not_an_error()
    {
        await ForwardAsync(1);
        await _channel.SendAsync(FrameKind.Drop, new Drop { Step = 1 }, null, default);
        await _channel.SendAsync(FrameKind.Drop, new Drop { Step = 1 }, null, default);

        Assert.NotEmpty(await ForwardAsync(2));
    }

    private Task<byte[]> ForwardAsync(long pass, long lastReply = 0) =>
        RequestAsync(FrameKind.Forward, new Pass { Step = pass, Lengths = { 2 }, LastReply = lastReply }, FrameKind.ForwardReply);

    private Task<byte[]> BackwardAsync(long pass) => RequestAsync(FrameKind.Backward, new PassGradient { Step = pass }, FrameKind.BackwardReply);

    private async Task<byte[]> RequestAsync(FrameKind kind, Google.Protobuf.IMessage control, FrameKind replyKind)
    {
        await _channel.SendAsync(kind, control, RawClient.Hidden(2), default);
        using var reply = await _channel.ExpectAsync(replyKind, default);
        return reply.Payload.ToArray();
    }
}
