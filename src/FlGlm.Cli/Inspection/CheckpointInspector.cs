using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Cli.Inspection;

/// <summary>Inspects a Hugging Face checkpoint; shards may be missing, and it may be one that no run can use.</summary>
internal static class CheckpointInspector
{
    public static Inspection Inspect(string path, InspectionSettings settings)
    {
        using var checkpoint = HfCheckpoint.Open(path);
        var tensors = checkpoint.Names.Where(checkpoint.IsAvailable).Select(name => InspectedTensor.Of(checkpoint.Info(name))).ToDictionary(t => t.Name);
        var notes = new List<string>();
        var absent = checkpoint.Names.Where(name => !checkpoint.IsAvailable(name)).Select(checkpoint.FileOf).Distinct().ToList();
        if (absent.Count > 0)
            notes.Add($"not here: {string.Join(", ", absent)}");
        ModelFamily family;
        try
        {
            family = ModelFamily.Of(checkpoint);
        }
        catch (CheckpointException e)
        {
            return new Inspection(path, "checkpoint", "not usable", [], [.. tensors.Values], notes) { Refusal = e };
        }

        var plan = Inspector.Plan(family.Shape.Blocks, settings.Split);
        AddGaps(checkpoint, family, plan, notes);
        var parts = Enum.GetValues<StageName>().Select(stage => InspectedPart.Of(
            stage, plan, [.. family.Tensors.Where(spec => plan.Owner(spec) == stage && tensors.ContainsKey(spec.Name)).Select(spec => tensors[spec.Name])]));
        if (family.Shape.TiedHead)
            notes.Add($"the tail also reads '{family.EmbeddingName}', its LM head");
        return new Inspection(path, "checkpoint", Describe(family), [.. parts], [.. tensors.Values], notes)
        {
            Footprint = FootprintBuilder.Build(family, checkpoint.Config, settings),
        };
    }

    private static void AddGaps(HfCheckpoint checkpoint, ModelFamily family, SplitPlan plan, List<string> notes)
    {
        foreach (var stage in Enum.GetValues<StageName>())
        {
            var gaps = family.Tensors.Where(spec => plan.Owner(spec) == stage && !checkpoint.Contains(spec.Name)).Select(spec => spec.Name).ToList();
            if (gaps.Count > 0)
                notes.Add($"{stage.ToString().ToLowerInvariant()} lacks {gaps.Count} tensors, the first of them '{gaps[0]}'");
        }

        var known = family.Tensors.Select(spec => spec.Name).ToHashSet();
        var strangers = checkpoint.Names.Where(name => !known.Contains(name) && !family.IsRedundant(name)).ToList();
        if (strangers.Count > 0)
            notes.Add($"{strangers.Count} tensors are not the model's, the first of them '{strangers[0]}'");
    }

    internal static string Describe(ModelFamily family)
    {
        var shape = family.Shape;
        return $"{family.Name}, {shape.Blocks} blocks, hidden {shape.Hidden}, {shape.Heads} heads ({shape.KeyValueHeads} for keys and values), "
            + $"vocabulary {shape.Vocabulary}, positions {shape.MaxPositions}{(shape.TiedHead ? ", LM head tied to the embedding" : "")}";
    }
}
