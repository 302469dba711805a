using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>
/// The middle at the server: sends h0, receives hN-2, sends dL/dhN-2, receives dL/dh0; between two steps it also answers questions with kept keys and
/// values. It outlives its connection.
/// </summary>
internal sealed class RemoteMiddle : IMiddle, ICachedMiddle
{
    private readonly ComputeLane _lane;
    private ServerLink? _link;
    private HiddenExchange? _exchange;

    /// <summary>The rows of the last pass whose keys and values are kept.</summary>
    private SequenceLayout? _cached;

    /// <summary>The step in the making has gradients at the server, which is told that more follow.</summary>
    private volatile bool _isAccumulating;

    internal RemoteMiddle(ComputeLane lane) => _lane = lane;

    public (long Up, long Down) Traffic => _link?.Traffic ?? default;

    /// <summary>The number of training steps whose last gradient has been received.</summary>
    public int Steps { get; internal set; }

    /// <summary>Steps after which a new key period begins; 0 = never.</summary>
    internal int RekeyEvery { get; set; }

    /// <summary>Called when a new key period is requested, with the steps before it.</summary>
    internal Action<int> KeysRenewed { get; init; } = _ => { };

    /// <summary>How often the client has gone back to a checkpoint.</summary>
    internal int Attempt { get; set; }

    /// <summary>Whether the server learns the number of judged positions of a step, which comes from its labels.</summary>
    internal bool SendTargets { get; set; }

    private ServerLink Link => _link ?? throw NoConnection;

    private HiddenExchange Exchange => _exchange ?? throw NoConnection;

    private static InvalidOperationException NoConnection => new("This client has no connection.");

    /// <inheritdoc/>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public async ValueTask<IMiddlePass> ForwardAsync(Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct)
    {
        var (exchange, isTraining, seconds) = (Exchange, mode == PassMode.Train, StepTrace.NewTimings());
        var (number, output) = await exchange.ForwardAsync(FrameKind.Forward, Describe, hidden, layout, seconds, isTraining ? DropPassAsync : null, ct).ConfigureAwait(false);
        return new RemotePass(this, exchange, number, layout, output, isTraining, seconds);

        Pass Describe(long pass)
        {
            var message = PassMessages.Of(layout, pass);
            message.Evaluate = !isTraining;
            (message.LastReply, message.Attempt) = (Link.LastReply, Attempt);
            message.TraceId = StepTrace.Id;
            return message;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public ValueTask<Tensor> PrefillAsync(Tensor hidden, SequenceLayout layout, CancellationToken ct) => CachedAsync(
        FrameKind.Prefill,
        pass =>
        {
            var message = PassMessages.Of(layout, pass);
            (message.LastReply, message.Attempt) = (Link.LastReply, Attempt);
            return message;
        },
        hidden,
        layout,
        ct);

    /// <inheritdoc/>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public ValueTask<Tensor> DecodeAsync(Tensor hidden, IReadOnlyList<int> rows, IReadOnlyList<int>? lengths, CancellationToken ct) => CachedAsync(
        FrameKind.Decode,
        pass => new DecodePass { Step = pass, Rows = { rows }, Lengths = { lengths ?? [] }, LastReply = Link.LastReply, Attempt = Attempt },
        hidden,
        _cached!.Next(rows, lengths),
        ct);

    /// <summary>The server keeps its middle as it is now, until this client has named its best step.</summary>
    /// <param name="after">steps that this client has taken in the run</param>
    /// <param name="most">how many middles it will have kept at its end</param>
    internal Task KeepAsync(int after, int most, CancellationToken ct) => Exchange.RequestAsync(
        FrameKind.Keep, pass => new Keep { Step = pass, LastReply = Link.LastReply, Attempt = Attempt, After = after, Most = most }, FrameKind.Kept, ct);

    /// <inheritdoc/>
    public async ValueTask DropStepAsync()
    {
        if (!_isAccumulating)
            return;
        _isAccumulating = false;
        await DropAsync(new Drop { WholeStep = true }).ConfigureAwait(false);
    }

    /// <summary>From now on passes go through this link, counted from 1.</summary>
    internal void Use(ServerLink link) => (_link, _exchange, _isAccumulating) = (link, new HiddenExchange(link, _lane), false);

    private async ValueTask<Tensor> CachedAsync(FrameKind kind, Func<long, IMessage> control, Tensor hidden, SequenceLayout layout, CancellationToken ct)
    {
        _cached = layout;
        return (await Exchange.ForwardAsync(kind, control, hidden, layout, new StepTimings(), abandoned: null, ct).ConfigureAwait(false)).Output;
    }

    /// <summary>The pass needs no gradient: the server may drop its graph.</summary>
    private Task DropPassAsync(long pass) => DropAsync(new Drop { Step = pass });

    /// <summary>An error here means that the link is over anyway.</summary>
    private async Task DropAsync(Drop drop)
    {
        using var timeout = new CancellationTokenSource(SessionClose.PeerTimeout);
        try
        {
            await Link.SendAsync(FrameKind.Drop, drop, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FlGlmException or OperationCanceledException)
        {
            // Its receiver gets the exception.
        }
    }

    /// <summary>Requests new keys between two steps; both sides exchange them while the next steps run.</summary>
    private async ValueTask EndStepAsync(CancellationToken ct)
    {
        _isAccumulating = false;
        Steps++;
        if (RekeyEvery > 0 && Steps % RekeyEvery == 0 && await Link.RekeyAsync(ct).ConfigureAwait(false))
            KeysRenewed(Steps);
    }

    private sealed class RemotePass(
        RemoteMiddle middle, HiddenExchange exchange, long number, SequenceLayout layout, Tensor output, bool isTraining, StepTimings seconds) : IMiddlePass
    {
        private bool _isOpen = isTraining;

        public Tensor Output => output;

        public StepTimings Seconds => seconds;

        public async ValueTask<Tensor> BackwardAsync(Tensor gradient, StepTerms terms, CancellationToken ct)
        {
            _isOpen = false;
            if (terms.Accumulate)
                middle._isAccumulating = true;
            var control = new PassGradient
            {
                Step = number,
                Accumulate = terms.Accumulate,
                Targets = middle.SendTargets ? terms.Targets : 0,
                LastReply = Math.Min(middle.Link.LastReply, number - 1),
                Attempt = middle.Attempt,
                TraceId = StepTrace.Id,
            };
            var back = await exchange.BackwardAsync(control, gradient, layout, seconds, ct).ConfigureAwait(false);
            if (!terms.Accumulate)
                await middle.EndStepAsync(ct).ConfigureAwait(false);
            return back;
        }

        public async ValueTask DisposeAsync()
        {
            output.Dispose();
            if (!_isOpen)
                return;
            _isOpen = false;
            await middle.DropPassAsync(number).ConfigureAwait(false);
        }
    }
}
