using FlGlm.Core.Configuration;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Core.Wire;

/// <summary>Converts failures to Fault messages and back.</summary>
internal static class Faults
{
    private const int MaxTextLength = 500;

    /// <summary>The message for the peer; it never holds a client's loss. Other failures are sent as <see cref="FaultCode.Internal"/> without text.</summary>
    public static Fault ToMessage(Exception failure) => failure switch
    {
        NotFiniteException => new Fault { Code = (uint)FaultCode.NotFinite, Text = $"its gradients are not finite, so the step is not taken. {NotFiniteException.Advice}" },
        ProtocolException e => new Fault { Code = (uint)e.Code, Text = OneLine(e.Message) },
        SealException => new Fault { Code = (uint)FaultCode.BadSeal, Text = "it refused a key, a signature or a sealed frame; its log says which." },
        _ => new Fault { Code = (uint)FaultCode.Internal },
    };

    /// <summary>The exception for a Fault of the peer: a <see cref="SealException"/> where the peer refused a key or a seal.</summary>
    internal static FlGlmException FromMessage(Fault fault, Peer peer)
    {
        var code = Enum.IsDefined((FaultCode)fault.Code) ? (FaultCode)fault.Code : FaultCode.Unspecified;
        var text = fault.Text.Length == 0 ? $"{code}; its log says more." : OneLine(fault.Text);
        var message = $"{peer} ended the session: {text}";
        return code is FaultCode.UnknownIdentity or FaultCode.BadSeal
            ? new SealException(message) { IsUnknownIdentity = code == FaultCode.UnknownIdentity, IsBroken = code == FaultCode.BadSeal }
            : new ProtocolException(code, message) { FromPeer = true, IsBroken = fault.Broken };
    }

    /// <summary>The peer's text is untrusted: control characters are replaced, so that none reaches a terminal, and the length is limited.</summary>
    private static string OneLine(string text)
    {
        var cut = text.Length <= MaxTextLength ? text : text[..MaxTextLength] + "...";
        return string.Concat(cut.Select(c => char.IsControl(c) ? ' ' : c));
    }
}
