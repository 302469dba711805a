using FlGlm.Core.Models;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Training;

/// <summary>Makes the message that describes the layout of a pass.</summary>
internal static class PassMessages
{
    public static Pass Of(SequenceLayout layout, long step)
    {
        var pass = new Pass { Step = step };
        pass.Lengths.AddRange(layout.Lengths);
        pass.ContextLengths.AddRange(layout.Contexts?.Select(context => context.Length) ?? []);
        pass.MaskPositions.AddRange(layout.Contexts?.Select(context => context.MaskPosition) ?? []);
        return pass;
    }
}
