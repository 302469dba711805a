using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>Attaches LoRA adapters to the named projections of a stage's blocks.</summary>
public static class Lora
{
    /// <summary>The prefix of every matrix's name in PEFT's files.</summary>
    public const string StoredScope = "base_model.model.";

    /// <summary>alpha / r, or alpha / sqrt(r) with rslora (PEFT).</summary>
    public static double Scale(LoraSettings settings) =>
        settings.Alpha / (settings.Rslora ? Math.Sqrt(settings.Rank) : settings.Rank);

    /// <summary>A uniform in +-1/sqrt(in) (Kaiming, a = sqrt 5), B zero.</summary>
    /// <returns>the new parameters, named as PEFT stores them: <c>module.lora_A.weight</c></returns>
    public static IReadOnlyList<NamedParameter> Attach(IEnumerable<DecoderBlock> blocks, LoraSettings settings, long seed, Device device)
    {
        var initial = new InitialValues(seed, device);
        var parameters = new List<NamedParameter>();
        foreach (var projection in blocks.SelectMany(block => block.Projections).Where(p => IsTarget(p.Module, settings)))
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

    /// <summary>The published names of the modules that LoRA can adapt in some blocks: <c>transformer.layers.0.attention.query_key_value</c>.</summary>
    public static IReadOnlySet<string> Modules(ModelFamily family, BlockRange range) => family.Tensors
        .Where(tensor => tensor.Block >= 0 && range.Contains(tensor.Block))
        .Select(tensor => tensor.Name[..tensor.Name.LastIndexOf('.')])
        .Where(module => family.LoraTargets.Any(target => module.EndsWith("." + target, StringComparison.Ordinal)))
        .ToHashSet();

    /// <summary>The name of the module that a parameter adapts.</summary>
    /// <param name="parameter">its name, <c>module.lora_A.weight</c></param>
    public static string ModuleOf(string parameter) => parameter.Split(".lora_")[0];

    /// <summary>Whether the settings select a module.</summary>
    /// <param name="module">its published name</param>
    public static bool IsTarget(string module, LoraSettings settings) =>
        settings.Targets.Any(target => module.EndsWith("." + target, StringComparison.Ordinal));
}
