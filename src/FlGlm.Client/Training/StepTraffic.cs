using FlGlm.Client.Data;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using Google.Protobuf;

namespace FlGlm.Client.Training;

/// <summary>The bytes of training steps on the wire, frame by frame, without sending any (docs/wire.md).</summary>
/// <param name="tokenBytes">of one token's hidden state</param>
/// <param name="isSealed">whether each piece has a tag</param>
internal sealed class StepTraffic(long tokenBytes, bool isSealed, bool sendsTargets)
{
    private const int PublicKeyBytes = 422;
    private const int RsaBytes = 384;

    /// <summary>Times that servers report have two or three bytes.</summary>
    private const long SomeMicroseconds = 5000;

    private readonly int _tagBytes = isSealed ? IFrameCipher.TagBytes : 0;
    private long _passes;

    /// <summary>Of the exchange of keys that begins a key period.</summary>
    public (long Up, long Down) Rekey
    {
        get
        {
            var (key, value) = (ByteString.CopyFrom(new byte[PublicKeyBytes]), ByteString.CopyFrom(new byte[RsaBytes]));
            return !isSealed ? (0, 0) : (
                Frame(new RekeyOffer { Epoch = 2, PeriodKey = key, Signature = value }, 0) + Frame(new RekeyConfirm { Epoch = 2, WrappedKey = value, Signature = value }, 0),
                Frame(new RekeyAnswer { Epoch = 2, PeriodKey = key, WrappedKey = value, Signature = value }, 0));
        }
    }

    /// <summary>The next step of a run.</summary>
    /// <param name="batches">its passes, as <see cref="TrainingBatch.Cut"/> gives them</param>
    public (long Up, long Down) Next(IEnumerable<IReadOnlyList<TrainingBatch>> batches)
    {
        var (up, down) = (0L, 0L);
        foreach (var rows in batches.SelectMany(batch => batch))
        {
            var (layout, pass) = (rows.Layout, ++_passes);
            var tensor = layout.Tokens * tokenBytes;
            var forward = PassMessages.Of(layout, pass);
            forward.LastReply = pass - 1;
            var gradient = new PassGradient { Step = pass, LastReply = pass - 1, Targets = sendsTargets ? rows.LabelCount : 0 };
            var reply = Frame(new PassDone { Step = pass, QueueUs = SomeMicroseconds, ComputeUs = SomeMicroseconds }, tensor);
            up += Frame(forward, tensor) + Frame(gradient, tensor);
            down += 2 * reply;
        }

        return (up, down);
    }

    private long Frame(IMessage control, long tensor) =>
        FrameHeader.Size + control.CalculateSize() + _tagBytes + tensor + (_tagBytes * ((tensor + Segment.Bytes - 1) / Segment.Bytes));
}
