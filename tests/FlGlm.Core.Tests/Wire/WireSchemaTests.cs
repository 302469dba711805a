using FlGlm.Core.Wire;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace FlGlm.Core.Tests.Wire;

/// <summary>
/// Only hidden states and their gradients are sent of the data. Every field that could hold ids, labels, logits, losses or text (strings,
/// bytes, fractions, lists) must be on one of the lists below, with its reason; a new field of these types must be added to them.
/// </summary>
public sealed class WireSchemaTests
{
    /// <summary>Names, versions, one-line faults, and the run's settings, all known before the first step (a test reads their keys); none is the data's text.</summary>
    private static readonly string[] Strings =
    [
        "Hello.name", "Welcome.name", "Fault.text", "Join.version", "Plan.version", "Plan.settings", "PlanAccepted.Tensor.name", "AdapterTensor.name",
        "Resume.run_id", "Resume.version", "ServerStatus.version", "ServerStatus.run_id", "Redirect.address", "Wait.waiting_for",
    ];

    /// <summary>Keys, nonces, signatures, ids of sessions and of traces (random), hashes of weights before training.</summary>
    private static readonly string[] Bytes =
    [
        "Hello.nonce", "Hello.identity_key",
        "Welcome.nonce", "Welcome.identity_key", "Welcome.session_id",
        "RekeyOffer.period_key", "RekeyOffer.signature",
        "RekeyAnswer.period_key", "RekeyAnswer.wrapped_key", "RekeyAnswer.signature",
        "RekeyConfirm.wrapped_key", "RekeyConfirm.signature",
        "PlanAccepted.Tensor.hash", "Pass.trace_id", "PassGradient.trace_id",
    ];

    /// <summary>A period of the connection; the times of a wait, from the server.</summary>
    private static readonly string[] Fractions = ["Plan.ping_every_s", "Wait.waited_s", "Wait.limit_s"];

    /// <summary>Shapes: how many tokens each row and its context have, where a row's answer belongs, which rows go on, the dims of a weight; the list of weights.</summary>
    private static readonly string[] NumberLists =
    [
        "Pass.lengths", "Pass.context_lengths", "Pass.mask_positions", "DecodePass.rows", "DecodePass.lengths", "AdapterTensor.dims", "PlanAccepted.tensors",
        "Resume.checkpoints", // numbers of turns and steps
        "Rollback.checkpoints", // numbers of turns and steps
    ];

    private static readonly string[] ForbiddenWords =
        ["id", "ids", "token", "tokens", "label", "labels", "logit", "logits", "loss", "losses", "prompt", "answer", "text", "target", "targets", "example"];

    /// <summary>How many tokens a whole optimizer step learns, where the plan asks for it: a number that comes from labels (docs/wire.md).</summary>
    private static readonly string[] LabelCounts = ["PassGradient.targets"];

    public static TheoryData<string> Messages =>
        [.. typeof(IFrameChannel).Assembly.GetTypes().Where(type => !type.IsAbstract && typeof(IMessage).IsAssignableFrom(type)).Select(type => type.FullName!)];

    [Fact]
    public void Every_message_is_looked_at() => Assert.True(Messages.Count >= 10);

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_has_no_room_for_data(string type)
    {
        var message = (IMessage)Activator.CreateInstance(typeof(IFrameChannel).Assembly.GetType(type)!)!;
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            var name = field.FullName["flglm.wire.".Length..];
            Assert.Equal(Expected(field, name), name);
        }
    }

    /// <summary>The field's own name where it is allowed, and what is wrong with it otherwise.</summary>
    private static string Expected(FieldDescriptor field, string name)
    {
        var allowed = field.FieldType switch
        {
            FieldType.String => Strings,
            FieldType.Bytes => Bytes,
            FieldType.Float or FieldType.Double => Fractions,
            _ when field.IsRepeated => NumberLists,
            _ => null,
        };
        if (allowed is not null)
            return allowed.Contains(name) ? name : $"{name} is not on the list for {field.FieldType}";
        if (field.FieldType == FieldType.Int64 && LabelCounts.Contains(name))
            return name;
        return field.Name.Split('_').Intersect(ForbiddenWords).FirstOrDefault() is { } word ? $"{name} speaks of '{word}'" : name;
    }
}
