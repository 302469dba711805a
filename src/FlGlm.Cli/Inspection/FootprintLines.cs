using System.Globalization;

namespace FlGlm.Cli.Inspection;

/// <summary>A footprint for people.</summary>
internal static class FootprintLines
{
    /// <summary>What each part holds.</summary>
    public static IEnumerable<string> Parts(Footprint footprint)
    {
        yield return $"{footprint.Parameters:N0} parameters";
        foreach (var part in footprint.Parts)
        {
            yield return $"{part.Stage,-6}  {part.Blocks,-14}  {part.Parameters,15:N0} parameters  "
                + $"{Size(part.Float32Bytes),10} in float32  {Size(part.HalfBytes),10} in float16 or bfloat16";
        }

        if (footprint.Shared is { } shared)
            yield return $"tied: '{shared.Name}' ({shared.Parameters:N0} parameters) is the head's embedding and the tail's LM head; both figures hold it, the total once";
    }

    /// <summary>What a training step needs, and what it sends.</summary>
    public static IEnumerable<string> Step(Footprint footprint)
    {
        yield return $"a training step: {footprint.Rows} x {footprint.Length} tokens, {footprint.Dtype}, {footprint.Peft}, Adam";
        foreach (var part in footprint.Parts)
        {
            yield return $"{part.Stage,-6}  {Size(part.TotalBytes),10} = {Size(part.WeightBytes)} weights + {Size(part.TrainingBytes)} for {part.TrainedParameters:N0} "
                + $"that train + about {Size(part.ActivationBytes)} activations";
        }

        yield return $"client  {Size(footprint.ClientBytes),9}{(footprint.Shared is null ? "" : ", the tied tensor once")}; server {Size(footprint.ServerBytes)}. "
            + "Activations are an estimate with every token judged; the rest is exact";
        yield return $"on the wire, per token: {footprint.WireBytesPerToken:N0} bytes of hidden state out, as many home; of gradient out, as many home";
        yield return $"on the wire, per step: {Size(footprint.WireBytesPerStepEachWay)} out, {Size(footprint.WireBytesPerStepEachWay)} home, and frames";
    }

    private static string Size(long bytes)
    {
        var (unit, name) = bytes >= 1L << 29 ? (1L << 30, "GiB") : bytes >= 1L << 19 ? (1L << 20, "MiB") : (1L << 10, "KiB");
        return string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / unit:F2} {name}");
    }
}
