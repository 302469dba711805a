using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>A client whose frames the test sends by hand.</summary>
internal static class RawClient
{
    public static async Task JoinAsync(IFrameChannel channel)
    {
        await AskAsync(channel);
        await channel.SendAsync(FrameKind.PlanAccepted, new PlanAccepted(), null, default);
        (await channel.ExpectAsync(FrameKind.ContentAgreed, default)).Dispose();
    }

    /// <summary>Sends the Join and receives the plan.</summary>
    public static async Task AskAsync(IFrameChannel channel)
    {
        await channel.SendAsync(FrameKind.Join, new Join { Samples = 1, Version = BuildVersion.Current }, null, default);
        (await channel.ExpectAsync(FrameKind.Plan, default)).Dispose();
    }

    /// <summary>Skips frames up to one of this kind.</summary>
    public static async Task<Frame> ExpectAsync(IFrameChannel channel, FrameKind kind)
    {
        while (true)
        {
            var frame = await channel.ReceiveAsync(default);
            if (frame.Kind == kind)
                return frame;
            frame.Dispose();
        }
    }

    public static async Task ForwardAsync(IFrameChannel channel, long step, int hidden = 16)
    {
        await channel.SendAsync(FrameKind.Forward, new Pass { Step = step, Lengths = { 2 } }, Hidden(2, size: hidden), default);
        (await channel.ExpectAsync(FrameKind.ForwardReply, default)).Dispose();
    }

    public static async Task StepAsync(IFrameChannel channel, long step, int hidden = 16)
    {
        await ForwardAsync(channel, step, hidden);
        await channel.SendAsync(FrameKind.Backward, new PassGradient { Step = step }, Hidden(2, size: hidden), default);
        (await channel.ExpectAsync(FrameKind.BackwardReply, default)).Dispose();
    }

    /// <param name="last">the last number</param>
    /// <param name="size">H</param>
    public static TensorPayload Hidden(int tokens, float last = 0.5f, int size = 16)
    {
        var hidden = full(tokens, size, 0.5f, dtype: float32);
        hidden[tokens - 1, size - 1] = last;
        return new TensorPayload(hidden);
    }

    /// <returns>what the server says</returns>
    public static async Task<ProtocolException> ExpectRefusalAsync(IFrameChannel channel, FaultCode code)
    {
        var refusal = await Assert.ThrowsAsync<ProtocolException>(async () =>
        {
            while (true)
                (await channel.ReceiveAsync(default)).Dispose();
        });
        Assert.Equal((code, true), (refusal.Code, refusal.FromPeer));
        return refusal;
    }
}
