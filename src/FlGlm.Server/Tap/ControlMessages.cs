using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;

namespace FlGlm.Server.Tap;

/// <summary>The control message of each kind of frame that a session passes on. A kind that is missing here fails a test: no frame may escape the tap.</summary>
internal static class ControlMessages
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true));

    /// <summary>What is recorded of a control message that is none of its kind.</summary>
    private const string Malformed = """{"malformed": true}""";

    /// <summary>By kind, what reads it.</summary>
    public static IReadOnlyDictionary<FrameKind, Func<Frame, IMessage>> All { get; } = new Dictionary<FrameKind, Func<Frame, IMessage>>
    {
        [FrameKind.Fault] = frame => frame.Parse<Fault>(),
        [FrameKind.Goodbye] = frame => frame.Parse<Goodbye>(),
        [FrameKind.Join] = frame => frame.Parse<Join>(),
        [FrameKind.Plan] = frame => frame.Parse<Plan>(),
        [FrameKind.PlanAccepted] = frame => frame.Parse<PlanAccepted>(),
        [FrameKind.Queue] = frame => frame.Parse<Queue>(),
        [FrameKind.Turn] = frame => frame.Parse<Turn>(),
        [FrameKind.ContentAgreed] = frame => frame.Parse<ContentAgreed>(),
        [FrameKind.Wait] = frame => frame.Parse<Wait>(),
        [FrameKind.Resume] = frame => frame.Parse<Resume>(),
        [FrameKind.Rollback] = frame => frame.Parse<Rollback>(),
        [FrameKind.Redirect] = frame => frame.Parse<Redirect>(),
        [FrameKind.Resumed] = frame => frame.Parse<Resumed>(),
        [FrameKind.StatusRequest] = frame => frame.Parse<StatusRequest>(),
        [FrameKind.ServerStatus] = frame => frame.Parse<ServerStatus>(),
        [FrameKind.Forward] = frame => frame.Parse<Pass>(),
        [FrameKind.ForwardReply] = frame => frame.Parse<PassDone>(),
        [FrameKind.Backward] = frame => frame.Parse<PassGradient>(),
        [FrameKind.BackwardReply] = frame => frame.Parse<PassDone>(),
        [FrameKind.Prefill] = frame => frame.Parse<Pass>(),
        [FrameKind.Decode] = frame => frame.Parse<DecodePass>(),
        [FrameKind.Drop] = frame => frame.Parse<Drop>(),
        [FrameKind.Keep] = frame => frame.Parse<Keep>(),
        [FrameKind.Kept] = frame => frame.Parse<PassDone>(),
        [FrameKind.Best] = frame => frame.Parse<Best>(),
        [FrameKind.AdapterTensor] = frame => frame.Parse<AdapterTensor>(),
        [FrameKind.AdapterEnd] = frame => frame.Parse<AdapterEnd>(),
        [FrameKind.RoundEnd] = frame => frame.Parse<RoundEnd>(),
    };

    /// <summary>The control message of a received frame as JSON, and its bytes. One that cannot be read is noted as that: its session is about to be refused.</summary>
    public static (string Facts, int Bytes) Read(Frame frame)
    {
        try
        {
            var message = All[frame.Kind](frame);
            return (ToJson(message), message.CalculateSize());
        }
        catch (Exception e) when (e is ProtocolException or KeyNotFoundException)
        {
            return (Malformed, 0);
        }
    }

    /// <summary>Every field of a message, also those at their default.</summary>
    public static string ToJson(IMessage message) => Formatter.Format(message);
}
