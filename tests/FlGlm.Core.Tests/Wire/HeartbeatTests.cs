using FlGlm.Core.Wire;
using Google.Protobuf;

namespace FlGlm.Core.Tests.Wire;

public sealed class HeartbeatTests
{
    [Fact]
    public async Task The_end_of_a_session_does_not_wait_for_a_peer_that_reads_nothing()
    {
        var channel = new FullChannel();
        var heartbeat = new Heartbeat(channel, TimeSpan.FromMilliseconds(1), lastPingTimeout: TimeSpan.FromMilliseconds(1));
        await channel.Begun.Task;

        await heartbeat.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_ping_that_is_being_sent_is_given_time_to_end()
    {
        var channel = new FullChannel();
        var heartbeat = new Heartbeat(channel, TimeSpan.FromMilliseconds(1), lastPingTimeout: TimeSpan.FromSeconds(60));
        await channel.Begun.Task;

        var ending = heartbeat.DisposeAsync().AsTask();
        channel.Room.SetResult();
        await ending;

        Assert.False(channel.WasCut);
    }

    /// <summary>Sends nothing until there is room.</summary>
    private sealed class FullChannel : IFrameChannel
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Room { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool WasCut { get; private set; }

        public Peer Peer => new("", null, "");

        public bool Sealed => false;

        public long BytesSent => 0;

        public long BytesReceived => 0;

        public async ValueTask SendAsync(FrameKind kind, IMessage control, IPayload? payload, CancellationToken ct)
        {
            Begun.TrySetResult();
            using var cut = ct.Register(() => WasCut = true);
            await Room.Task.WaitAsync(ct);
        }

        public ValueTask<Frame> ReceiveAsync(CancellationToken ct) => throw new NotSupportedException();

        public Task<bool> IsAliveAsync(TimeSpan patience) => Task.FromResult(false);

        public ValueTask<bool> RekeyAsync(CancellationToken ct) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
