using FlGlm.Cli.Views;

namespace FlGlm.Cli.Inspection;

/// <summary>The text lines of a footprint.</summary>
internal static class FootprintLines
{
    /// <summary>The lines about the parameters of each stage.</summary>
    public static IEnumerable<string> Parts(Footprint footprint)
    {
        yield return $"{footprint.Parameters:N0} parameters";
        foreach (var part in footprint.Parts)
        {
            yield return $"{part.Stage,-6}  {part.Blocks,-14}  {part.Parameters,15:N0} parameters  "
                + $"{ByteSize.Of(part.Float32Bytes),10} in float32  {ByteSize.Of(part.HalfBytes),10} in float16 or bfloat16";
        }

        if (footprint.Shared is { } shared)
            yield return $"tied: '{shared.Name}' ({shared.Parameters:N0} parameters) is the head's embedding and the tail's LM head; both figures include it, the total counts it once";
    }

    /// <summary>The lines about the memory and the traffic of a training step.</summary>
    public static IEnumerable<string> Step(Footprint footprint)
    {
        yield return $"a training step: {footprint.Rows} x {footprint.Length} tokens, {footprint.Dtype}, {footprint.Peft}, Adam";
        foreach (var part in footprint.Parts)
        {
            yield return $"{part.Stage,-6}  {ByteSize.Of(part.TotalBytes),10} = {ByteSize.Of(part.WeightBytes)} weights + {ByteSize.Of(part.TrainingBytes)} for {part.TrainedParameters:N0} "
                + $"that train + about {ByteSize.Of(part.ActivationBytes)} activations";
        }

        yield return $"client  {ByteSize.Of(footprint.ClientBytes),9}{(footprint.Shared is null ? "" : ", the tied tensor once")}; server {ByteSize.Of(footprint.ServerBytes)}. "
            + "Activations are an estimate with a loss on every token; the rest is exact";
        yield return $"on the wire, per token: {footprint.WireBytesPerToken:N0} bytes of hidden state sent, the same received; the same for the gradient";
        yield return $"on the wire, per step: {ByteSize.Of(footprint.WireBytesPerStepEachWay)} sent, {ByteSize.Of(footprint.WireBytesPerStepEachWay)} received, plus frame headers";
    }
}
