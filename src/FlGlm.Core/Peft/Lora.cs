using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>Attaches LoRA adapters to the named projections of a stage's blocks.</summary>
public static class Lora
{
    /// <summary>The prefix of every matrix's name in PEFT's files.</summary>
    public const string StoredScope = "base_model.model.";

    /// <summary>Adds an adapter to every projection that the settings select: A with its initial values, B zero.</summary>
    /// <returns>the new parameters, named as PEFT stores them: <c>module.lora_A.weight</c></returns>
    internal static IReadOnlyList<NamedParameter> Attach(IEnumerable<DecoderBlock> blocks, LoraSettings settings, long seed, Device device)
    {
        var (initial, modules) = (new InitialValues(seed, device), Select(settings));
        var parameters = new List<NamedParameter>();
        foreach (var projection in blocks.SelectMany(block => block.Projections))
        {
            if (modules.Of(projection.Module) is not { } size)
                continue;
            var (nameA, nameB) = (projection.Module + ".lora_A.weight", projection.Module + ".lora_B.weight");
            var a = settings.Init == LoraInit.Gaussian
                ? initial.Normal(nameA, 1.0 / size.Rank, [size.Rank, projection.Inputs])
                : initial.Uniform(nameA, 1 / Math.Sqrt(projection.Inputs), size.Rank, projection.Inputs);
            var b = initial.Zeros(projection.Outputs, size.Rank);
            projection.Lora = new LoraAdapter(a, b, size.Scale, settings.Dropout);
            parameters.Add(new NamedParameter(nameA, a));
            parameters.Add(new NamedParameter(nameB, b));
        }

        return parameters;
    }

    /// <summary>The modules that the settings select.</summary>
    /// <param name="settings">with targets (<see cref="FamilyDefaults.For(PeftSettings, ModelFamily)"/>)</param>
    public static LoraModules Select(LoraSettings settings) => new(ToConfig(settings));

    /// <summary>The settings as PEFT's configuration.</summary>
    public static LoraAdapterConfig ToConfig(LoraSettings settings) => new()
    {
        Rank = settings.Rank,
        Alpha = settings.Alpha,
        Dropout = settings.Dropout,
        UseRslora = settings.Rslora,
        TargetModules = settings.Targets.Text is null ? [.. settings.Targets.Names.Order(StringComparer.Ordinal)] : settings.Targets,
        Layers = [.. settings.Layers.Order()],
        RankPattern = settings.RankPattern,
        AlphaPattern = settings.AlphaPattern,
        ModulesToSave = [.. settings.ModulesToSave.Order(StringComparer.Ordinal)],
        Init = settings.Init,
    };

    /// <summary>The modules that LoRA can adapt in some blocks, by their published names (<c>transformer.layers.0.attention.query_key_value</c>), with their weights [out, in].</summary>
    public static IReadOnlyDictionary<string, TensorSpec> Weights(ModelFamily family, BlockRange range) => family.Tensors
        .Where(tensor => tensor.Block >= 0 && range.Contains(tensor.Block) && tensor.Shape.Length == 2)
        .ToDictionary(tensor => tensor.Name[..^".weight".Length]);

    /// <summary>Whether a tensor is a matrix of an adapter, not a module that trains whole.</summary>
    /// <param name="tensor">its name, <c>module.lora_A.weight</c></param>
    public static bool IsMatrix(string tensor) => tensor.Contains(".lora_", StringComparison.Ordinal);

    /// <summary>Whether a tensor is the factor that the input meets first.</summary>
    /// <param name="tensor">its name, <c>module.lora_A.weight</c></param>
    internal static bool IsA(string tensor) => tensor.EndsWith(".lora_A.weight", StringComparison.Ordinal);

    /// <summary>The name of the module that a parameter adapts.</summary>
    /// <param name="parameter">its name, <c>module.lora_A.weight</c></param>
    public static string ModuleOf(string parameter) => parameter.Split(".lora_")[0];
}
