using System.Text.Json;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Tap;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace FlGlm.Privacy.Tests.Tap;

/// <summary>Fails where a kind of frame, or a field of a message, is added that the tap does not see.</summary>
public sealed class TapCoverageTests
{
    /// <summary>The channel handles these itself: keys, nonces, names, and that the peer is there.</summary>
    private static readonly FrameKind[] OfTheChannel =
    [
        FrameKind.Hello, FrameKind.Welcome, FrameKind.Ready, FrameKind.RekeyOffer, FrameKind.RekeyAnswer, FrameKind.RekeyConfirm, FrameKind.Ping, FrameKind.Pong,
    ];

    [Fact]
    public void Every_kind_of_frame_is_seen_by_the_tap_or_handled_by_the_channel() =>
        Assert.Equal(Enum.GetValues<FrameKind>().Except(OfTheChannel).Order(), ControlMessages.All.Keys.Order());

    [Fact]
    public void Every_message_of_the_wire_belongs_to_a_kind_that_the_tap_reads()
    {
        var read = ControlMessages.All.Keys.Select(MessageOf).Select(message => message.Descriptor.Name).ToHashSet();
        var ofChannel = WireReflection.Descriptor.MessageTypes.Select(type => type.Name).Except(["Goodbye", "Fault"]);
        string[] parts = ["Place"];

        var all = SessionReflection.Descriptor.MessageTypes.Concat(WireReflection.Descriptor.MessageTypes).Select(type => type.Name);

        Assert.Equal(all.Except(ofChannel).Except(parts).Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_field_of_a_message_is_among_its_facts()
    {
        foreach (var message in ControlMessages.All.Keys.Select(MessageOf))
        {
            using var facts = JsonDocument.Parse(ControlMessages.ToJson(Filled(message)));
            Assert.Equal(
                message.Descriptor.Fields.InDeclarationOrder().Select(field => field.Name).Order(StringComparer.Ordinal),
                facts.RootElement.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        }
    }

    /// <summary>What a frame of this kind without content is read as.</summary>
    private static IMessage MessageOf(FrameKind kind)
    {
        using var frame = new Frame(new FrameHeader(kind, FrameDirection.ClientToServer, default, 0, 0, default, 0));
        return ControlMessages.All[kind](frame);
    }

    /// <summary>Sets the parts that are messages: those without a value have no place in JSON.</summary>
    private static IMessage Filled(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(field => field.FieldType == FieldType.Message && !field.IsRepeated))
            field.Accessor.SetValue(message, field.MessageType.Parser.ParseFrom(ByteString.Empty));
        return message;
    }
}
