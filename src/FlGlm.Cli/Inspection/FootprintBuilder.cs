using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Planning;

namespace FlGlm.Cli.Inspection;

/// <summary>Computes the footprint of a run without any weights.</summary>
internal static class FootprintBuilder
{
    /// <summary>Of a configured run with the model in a directory, whose config.json is read.</summary>
    /// <param name="rows">B</param>
    /// <param name="length">T</param>
    /// <returns>and how many blocks the model has</returns>
    public static (Footprint Footprint, int Blocks) Build(FlGlmConfig config, string model, int rows, int length)
    {
        var file = Path.Combine(model, "config.json");
        var json = JsonFile.ReadObject(file);
        var family = ModelFamily.FromConfig(json, file);
        var settings = new InspectionSettings
        {
            Split = config.Split,
            Peft = config.Peft,
            Rows = rows,
            Length = length,
            Precision = config.Compute.Dtype,
            AttentionDropout = config.Training.AttentionDropout,
        };
        return (Build(family, json, settings), family.Shape.Blocks);
    }

    /// <param name="config">the model's config.json, for its dtype</param>
    public static Footprint Build(ModelFamily family, JsonElement config, InspectionSettings settings)
    {
        RunPlanner.Check(family, settings.Peft);
        var (shape, peft) = (family.Shape, settings.Peft.For(family));
        var plan = Inspector.Plan(shape.Blocks, settings.Split);
        var precision = settings.Precision ?? (StoredAs(config) == ElementType.F32 ? ElementPrecision.Float32 : ElementPrecision.BFloat16);
        var elementBytes = precision == ElementPrecision.Float32 ? 4 : 2;
        var length = Math.Clamp(settings.Length, 1, shape.MaxPositions);
        var shared = shape.TiedHead ? new SharedTensor(family.EmbeddingName, (long)shape.Vocabulary * shape.Hidden) : null;
        var holdsScores = (settings.AttentionDropout ?? shape.AttentionDropout) > 0;
        var activations = new ActivationEstimate(family, peft, settings.Rows, length, elementBytes, holdsScores);
        return new Footprint(
            settings.Rows, length, precision.ToString().ToLowerInvariant(), Describe(peft), shape.Hidden, elementBytes, [.. Enum.GetValues<StageName>().Select(Part)], shared);

        PartFootprint Part(StageName stage)
        {
            var own = family.Tensors.Where(tensor => plan.Owner(tensor) == stage).Sum(tensor => tensor.Count);
            var parameters = own + (stage == StageName.Tail ? shared?.Parameters ?? 0 : 0);
            var whole = family.Tensors.Where(tensor => plan.Owner(tensor) == stage && peft.TrainsWhole(tensor.Name)).Sum(tensor => tensor.Count);
            var adapter = AdapterSize.Of(family, peft, plan[stage]);
            var trained = whole + adapter;
            var training = (whole * FullTrainingBytes(elementBytes)) + (adapter * 4 * sizeof(float));
            return new PartFootprint(
                stage.ToString().ToLowerInvariant(), plan[stage].ToString(), parameters, elementBytes * parameters, trained, training, activations.Of(stage, plan[stage]));
        }
    }

    /// <summary>The stored type of the weights according to config.json; float32 if it has none (Hugging Face's default).</summary>
    public static ElementType StoredAs(JsonElement config)
    {
        var named = config.TryGetProperty("torch_dtype", out var dtype) || config.TryGetProperty("dtype", out dtype);
        return (named && dtype.ValueKind == JsonValueKind.String ? dtype.GetString() : null) switch
        {
            "float16" => ElementType.F16,
            "bfloat16" => ElementType.BF16,
            _ => ElementType.F32,
        };
    }

    /// <summary>Of a weight beside itself: its gradient and two moments; in bfloat16 the gradient twice, and a float32 copy of the weight.</summary>
    private static long FullTrainingBytes(int elementBytes) => elementBytes == sizeof(float) ? 3 * sizeof(float) : elementBytes + (4 * sizeof(float));

    private static string Describe(PeftSettings peft) => peft.Method switch
    {
        PeftMethod.Lora => $"LoRA of rank {peft.Lora.Rank} on {peft.Lora.Targets}{Whole(peft.Lora)}",
        PeftMethod.PTuningV2 => $"P-tuning v2 of {peft.Prefix.Length} positions{(peft.Prefix.Projection ? " through a projection" : "")}",
        _ => "full fine-tuning",
    };

    private static string Whole(LoraSettings lora) => lora.ModulesToSave.Count == 0 ? "" : $", with {string.Join(" and ", lora.ModulesToSave)} whole";
}
