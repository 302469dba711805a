using FlGlm.Core.Checkpoints;
using FlGlm.Core.Events;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Privacy.Tap;
using FlGlm.Server.Tap;
using FlGlm.Testing;
using Google.Protobuf;

namespace FlGlm.Privacy.Tests.Tap;

public sealed class MalformedFrameTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_control_message_that_cannot_be_read_is_recorded_as_that_and_the_recording_goes_on()
    {
        byte[] noMessage = [0xff, 0xff, 0xff];
        await using (var recorder = new Recorder(_folder.At("tap")))
        {
            var channel = new TappedChannel(new FixedChannel(FrameOf(FrameKind.Forward, noMessage, withTensor: true), FrameOf(FrameKind.Best, new Best { After = 7 }.ToByteArray())), new GuardedTap(recorder, new RunEvents()));
            for (var i = 0; i < 2; i++)
                (await channel.ReceiveAsync(TestContext.Current.CancellationToken)).Dispose();
        }

        var recording = Recording.Open(_folder.At("tap"));
        Assert.True(recording.IsComplete);
        Assert.Equal(["Forward", "Best"], recording.Frames.Select(frame => frame.Kind));
        Assert.Equal("""{"malformed":true}""", recording.Frames[0].Facts.ToJsonString());
        Assert.True(File.Exists(recording.Frames[0].File));
        Assert.Equal("7", recording.Frames[1].Facts["after"]!.ToString());
        Assert.Empty(recording.Passes);
    }

    private static Frame FrameOf(FrameKind kind, byte[] control, bool withTensor = false)
    {
        var spec = withTensor ? PayloadSpec.Of(ElementType.F32, 2, 4) : default;
        var frame = new Frame(new FrameHeader(kind, FrameDirection.ClientToServer, default, 0, 0, spec, control.Length));
        control.CopyTo(frame.RentControl());
        frame.RentPayload().Span.Clear();
        return frame;
    }

    /// <summary>A channel whose peer has sent these frames.</summary>
    private sealed class FixedChannel(params Frame[] frames) : IFrameChannel
    {
        private readonly Queue<Frame> _frames = new(frames);

        public Peer Peer { get; } = new("clinic", null, "");

        public bool Sealed => false;

        public long BytesSent => 0;

        public long BytesReceived => 0;

        public ValueTask SendAsync(FrameKind kind, IMessage control, IPayload? payload, CancellationToken ct) => ValueTask.CompletedTask;

        public ValueTask<Frame> ReceiveAsync(CancellationToken ct) => ValueTask.FromResult(_frames.Dequeue());

        public Task<bool> IsAliveAsync(TimeSpan patience) => Task.FromResult(true);

        public ValueTask<bool> RekeyAsync(CancellationToken ct) => ValueTask.FromResult(false);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
