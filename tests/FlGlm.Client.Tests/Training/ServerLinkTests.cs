using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>Requests of a client in flight. The test sends the replies.</summary>
public sealed class ServerLinkTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly ComputeLane _lane = new("client");
    private readonly RemoteMiddle _middle;
    private readonly Tensor _hidden = ones(1, 2, 16);
    private readonly SequenceLayout _layout = new([2]);
    private IFrameChannel _client = null!;
    private IFrameChannel _server = null!;
    private ServerLink _link = null!;

    public ServerLinkTests() => _middle = new RemoteMiddle(_lane);

    public async ValueTask InitializeAsync()
    {
        (_client, _server) = await RawServer.PairAsync();
        Use(_client);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _client.DisposeAsync();
        await _link.DisposeAsync();
        _lane.Dispose();
        _hidden.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Passes_in_flight_get_their_own_replies_in_any_order(bool repliesInOrder)
    {
        Task<IMiddlePass>[] passes = [BeginAsync(), BeginAsync(), BeginAsync()];
        var requests = new List<Frame>();
        for (var i = 0; i < passes.Length; i++)
            requests.Add(await _server.ExpectAsync(FrameKind.Forward, default));
        long[] order = repliesInOrder ? [1, 2, 3] : [3, 1, 2];
        foreach (var step in order)
            await RawServer.ReplyAsync(_server, requests[(int)step - 1], FrameKind.ForwardReply, step, step);

        foreach (var step in new[] { 2, 3, 1 })
        {
            await using var pass = await passes[step - 1];
            Assert.Equal(step, pass.Output[0, 0, 0].item<float>());
        }

        requests.ForEach(request => request.Dispose());
    }

    /// <summary>Again and again, since all three happen at about the same time.</summary>
    [Fact]
    public async Task A_frame_that_comes_before_a_rollback_is_received_before_it()
    {
        for (var round = 0; round < 2000; round++)
        {
            var sending = Task.Run(async () =>
            {
                await _server.SendAsync(FrameKind.ContentAgreed, new ContentAgreed(), null, default);
                await _server.SendAsync(FrameKind.Rollback, new Rollback { Place = new Place { Round = 1 }, Attempt = 1 }, null, default);
            });
            Thread.SpinWait(round * 10);

            using (var frame = await _link.ReceiveAsync(default))
                Assert.Equal(FrameKind.ContentAgreed, frame.Kind);
            await sending;
            await Assert.ThrowsAsync<RollbackException>(() => _link.ReceiveAsync(default).AsTask());
            _link.BeginAgain();
        }
    }

    [Fact]
    public async Task Gradients_in_flight_get_their_own_replies()
    {
        List<IMiddlePass> passes = [];
        for (var step = 1; step <= 2; step++)
        {
            var pass = BeginAsync();
            using (var request = await _server.ExpectAsync(FrameKind.Forward, default))
                await RawServer.ReplyAsync(_server, request, FrameKind.ForwardReply, step, step);
            passes.Add(await pass);
        }

        Task<Tensor>[] back = [passes[0].BackwardAsync(_hidden, new StepTerms(Accumulate: true), default).AsTask(), passes[1].BackwardAsync(_hidden, default, default).AsTask()];
        using var first = await _server.ExpectAsync(FrameKind.Backward, default);
        using var second = await _server.ExpectAsync(FrameKind.Backward, default);
        await RawServer.ReplyAsync(_server, second, FrameKind.BackwardReply, 2, 2);
        await RawServer.ReplyAsync(_server, first, FrameKind.BackwardReply, 1, 1);

        for (var i = 0; i < 2; i++)
        {
            using var gradient = await back[i];
            Assert.Equal(i + 1, gradient[0, 0, 0].item<float>());
            await passes[i].DisposeAsync();
        }

        Assert.Equal(1, _middle.Steps);
    }

    [Fact]
    public async Task A_fault_of_the_server_ends_every_wait_at_once_and_every_later_request()
    {
        Task<IMiddlePass>[] passes = [BeginAsync(), BeginAsync()];
        (await _server.ExpectAsync(FrameKind.Forward, default)).Dispose();
        (await _server.ExpectAsync(FrameKind.Forward, default)).Dispose();
        var other = _link.ReceiveAsync(default).AsTask();

        await _server.SendAsync(FrameKind.Fault, new Fault { Code = (uint)FaultCode.NotFinite, Text = "diverged" }, null, default);

        foreach (Task waiting in new Task[] { passes[0], passes[1], other, BeginAfterAsync(other) })
        {
            var fault = await Assert.ThrowsAsync<ProtocolException>(() => waiting.WaitAsync(Patience));
            Assert.Equal((FaultCode.NotFinite, true), (fault.Code, fault.FromPeer));
            Assert.Contains("diverged", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_request_waits_for_the_next_connection_where_one_is_refused_since_the_server_holds_an_older_one_for_alive()
    {
        await _link.DisposeAsync();
        Use(_client, outlives: true);
        var waiting = BeginAsync();
        (await _server.ExpectAsync(FrameKind.Forward, default)).Dispose();
        await _server.SendAsync(FrameKind.Fault, new Fault { Code = (uint)FaultCode.Busy, Text = "it answers" }, null, default);
        Assert.IsType<ProtocolException>(await _link.Inbox.Ended);
        Assert.True(_link.IsLost);
        await using var old = _client;
        await using var oldServer = _server;
        (_client, _server) = await RawServer.PairAsync();

        await _link.UseAsync(_client);
        await _link.ResumeAsync(default);

        using (var request = await _server.ExpectAsync(FrameKind.Forward, default))
            await RawServer.ReplyAsync(_server, request, FrameKind.ForwardReply, 1, 1);
        await using var pass = await waiting;
        Assert.Equal(1, pass.Output[0, 0, 0].item<float>());
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 7)]
    public async Task A_gradient_says_whether_more_follow_and_how_many_positions_are_judged_only_where_that_is_asked_for(bool isAsked, long targets)
    {
        _middle.SendTargets = isAsked;
        Task<IMiddlePass>[] passes = [BeginAsync(), BeginAsync()];
        for (var step = 1; step <= 2; step++)
        {
            using var request = await _server.ExpectAsync(FrameKind.Forward, default);
            await RawServer.ReplyAsync(_server, request, FrameKind.ForwardReply, step, step);
        }

        for (var step = 1; step <= 2; step++)
        {
            await using var pass = await passes[step - 1];
            var back = pass.BackwardAsync(_hidden, new StepTerms(Accumulate: step == 1, Targets: 7), default);
            using var frame = await _server.ExpectAsync(FrameKind.Backward, default);
            var gradient = frame.Parse<PassGradient>();
            await RawServer.ReplyAsync(_server, frame, FrameKind.BackwardReply, step, 0);
            (await back).Dispose();

            Assert.Equal((step, step == 1, targets), (gradient.Step, gradient.Accumulate, gradient.Targets));
            Assert.Equal(step - 1, _middle.Steps);
        }
    }

    [Fact]
    public async Task Passes_are_sent_in_the_order_of_the_calls_also_when_the_first_is_ready_last()
    {
        using var held = new ManualResetEventSlim();
        var holding = _lane.RunAsync(() => WaitFor(held), default);
        using var rows = ones(2, 2, 16);
        var padded = new SequenceLayout([2, 1]); // whose padding the lane must take out first
        var first = _middle.ForwardAsync(rows, padded, PassMode.Train, default).AsTask();
        var second = BeginAsync();

        held.Set();
        await holding;

        foreach (var (step, lengths) in new[] { (1, padded.Lengths), (2, _layout.Lengths) })
        {
            using var request = await _server.ExpectAsync(FrameKind.Forward, default);
            Assert.Equal(step, request.Parse<Pass>().Step);
            Assert.Equal(lengths, request.Parse<Pass>().Lengths);
            await RawServer.ReplyAsync(_server, request, FrameKind.ForwardReply, step, step);
        }

        await (await first).DisposeAsync();
        await (await second).DisposeAsync();

        static bool WaitFor(ManualResetEventSlim held)
        {
            held.Wait();
            return true;
        }
    }

    [Fact]
    public async Task A_reply_that_nobody_has_requested_ends_every_wait()
    {
        var pass = BeginAsync();
        using (var request = await _server.ExpectAsync(FrameKind.Forward, default))
            await RawServer.ReplyAsync(_server, request, FrameKind.BackwardReply, 1, 0);

        var error = await Assert.ThrowsAsync<ProtocolException>(() => pass.WaitAsync(Patience));
        var other = await Assert.ThrowsAsync<ProtocolException>(() => _link.ReceiveAsync(default).AsTask().WaitAsync(Patience));

        Assert.Equal((FaultCode.WrongStep, false), (error.Code, error.FromPeer));
        Assert.Equal("The server sends a BackwardReply for pass 1, which was not requested.", error.Message);
        Assert.Same(error, other);
    }

    [Fact]
    public async Task A_reply_to_an_abandoned_pass_is_dropped_and_the_next_pass_gets_its_own()
    {
        using var cancel = new CancellationTokenSource();
        var abandoned = BeginAsync(cancel.Token);
        using var first = await _server.ExpectAsync(FrameKind.Forward, default);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        using (var drop = await _server.ExpectAsync(FrameKind.Drop, default))
            Assert.Equal(1, drop.Parse<Drop>().Step);
        await RawServer.ReplyAsync(_server, first, FrameKind.ForwardReply, 1, 1);

        var next = BeginAsync();
        using (var second = await _server.ExpectAsync(FrameKind.Forward, default))
            await RawServer.ReplyAsync(_server, second, FrameKind.ForwardReply, 2, 2);

        await using var pass = await next;
        Assert.Equal(2, pass.Output[0, 0, 0].item<float>());
    }

    [Fact]
    public async Task A_pass_that_is_cancelled_before_it_is_sent_takes_no_number()
    {
        await _link.DisposeAsync();
        var busy = new BusyChannel(_client);
        Use(busy);
        using var cancel = new CancellationTokenSource();
        var cancelled = BeginAsync(cancel.Token);
        await busy.Asked.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        busy.IsFree = true;

        var next = BeginAsync();
        using (var request = await _server.ExpectAsync(FrameKind.Forward, default))
        {
            Assert.Equal(1, request.Parse<Pass>().Step);
            await RawServer.ReplyAsync(_server, request, FrameKind.ForwardReply, 1, 1);
        }

        await (await next).DisposeAsync();
    }

    private void Use(IFrameChannel channel, bool outlives = false)
    {
        _link = new ServerLink(channel, Patience, new RunEvents(), outlives);
        _middle.Use(_link);
    }

    private Task<IMiddlePass> BeginAsync(CancellationToken ct = default) => _middle.ForwardAsync(_hidden, _layout, PassMode.Train, ct).AsTask();

    private async Task<IMiddlePass> BeginAfterAsync(Task other)
    {
        await other.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await BeginAsync();
    }

    /// <summary>Sends nothing until it is free, as while another frame is being sent.</summary>
    private sealed class BusyChannel(IFrameChannel channel) : IFrameChannel
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsFree { get; set; }

        public Peer Peer => channel.Peer;

        public bool Sealed => channel.Sealed;

        public long BytesSent => channel.BytesSent;

        public long BytesReceived => channel.BytesReceived;

        public async ValueTask SendAsync(FrameKind kind, IMessage control, IPayload? payload, CancellationToken ct)
        {
            Asked.TrySetResult();
            if (!IsFree)
                await Task.Delay(Timeout.Infinite, ct);
            await channel.SendAsync(kind, control, payload, ct);
        }

        public ValueTask<Frame> ReceiveAsync(CancellationToken ct) => channel.ReceiveAsync(ct);

        public Task<bool> IsAliveAsync(TimeSpan patience) => channel.IsAliveAsync(patience);

        public ValueTask<bool> RekeyAsync(CancellationToken ct) => channel.RekeyAsync(ct);

        public ValueTask DisposeAsync() => channel.DisposeAsync();
    }
}
