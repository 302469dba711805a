using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>Puts LoRA adapters on the named projections of a stage's blocks.</summary>
public static class Lora
{
    /// <summary>alpha / r, or alpha / sqrt(r) with rslora (PEFT).</summary>
    public static double Scale(LoraSettings settings) =>
        settings.Alpha / (settings.Rslora ? Math.Sqrt(settings.Rank) : settings.Rank);

    /// <summary>A uniform in +-1/sqrt(in) (Kaiming, a = sqrt 5), B zero.</summary>
    /// <returns>the new parameters, named as PEFT stores them: <c>module.lora_A.weight</c></returns>
    public static IReadOnlyList<NamedParameter> Attach(IEnumerable<DecoderBlock> blocks, LoraSettings settings, long seed, Device device)
    {
        var initial = new InitialValues(seed, device);
        var parameters = new List<NamedParameter>();
        foreach (var projection in blocks.SelectMany(block => block.Projections).Where(p => IsTarget(p, settings)))
        {
            var (nameA, nameB) = (projection.Module + ".lora_A.weight", projection.Module + ".lora_B.weight");
            var a = initial.Uniform(nameA, 1 / Math.Sqrt(projection.Inputs), settings.Rank, projection.Inputs);
            var b = initial.Zeros(projection.Outputs, settings.Rank);
            projection.Lora = new LoraAdapter(a, b, Scale(settings), settings.Dropout);
            parameters.Add(new NamedParameter(nameA, a));
            parameters.Add(new NamedParameter(nameB, b));
        }

        return parameters;
    }

    private static bool IsTarget(Projection projection, LoraSettings settings) =>
        settings.Targets.Any(target => projection.Module.EndsWith("." + target, StringComparison.Ordinal));
}
