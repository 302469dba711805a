using System.Text.Json;
using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>
/// Writes the trained parameters of a run: a PEFT adapter directory, for ChatGLM a prefix in the format of its own trainer, or with method none a
/// Hugging Face checkpoint. If the values of every stage are given, it is written whole, and parts of before are removed; otherwise as one directory
/// per part (<c>head</c>, <c>middle</c>, <c>tail</c>), for <c>flglm merge</c>.
/// </summary>
internal static class TrainedParts
{
    /// <param name="base">the base checkpoint; its config and tokenizer files are copied to a full model</param>
    /// <param name="stages">the stages whose values <paramref name="values"/> holds</param>
    /// <param name="values">trained tensors by name, on any devices</param>
    /// <param name="runId">the run's id, which parts keep so that those of different runs are not joined; empty = not known</param>
    /// <returns>the directories written</returns>
    public static IReadOnlyList<string> Write(
        string directory, HfCheckpoint @base, StageBlueprint blueprint, IReadOnlySet<StageName> stages, IReadOnlyDictionary<string, Tensor> values, string runId = "")
    {
        using var scope = NewDisposeScope();
        var written = WriteAll(directory, @base, blueprint, stages, values, runId);
        if (written is [var whole] && whole == directory)
            RemoveParts(directory);
        return written;
    }

    private static IReadOnlyList<string> WriteAll(
        string directory, HfCheckpoint @base, StageBlueprint blueprint, IReadOnlySet<StageName> stages, IReadOnlyDictionary<string, Tensor> values, string runId)
    {
        var owners = stages.Where(stage => HasPart(blueprint, stage)).Order().ToList();
        var whole = Enum.GetValues<StageName>().All(stage => stages.Contains(stage) || !HasPart(blueprint, stage));
        if (blueprint.Peft.Method == PeftMethod.None)
            return whole ? [WriteModel(directory, @base.Config, @base, blueprint, values)] : [.. owners.Select(stage => WriteModelPart(directory, @base, blueprint, stage, values, runId))];
        var here = values.ToDictionary(value => value.Key, value => value.Value.detach().cpu());
        var parts = owners.ToDictionary(stage => stage, stage => AdapterExport.Export(blueprint, stage, here, @base.Directory));
        if (whole)
        {
            var encoders = parts.Values.Select(part => part.Encoder).ToList();
            WriteAdapter(directory, @base, blueprint, AdapterMerge.Join([.. parts.Values]) with { Encoder = encoders is [var only] ? only : null });
            return [directory];
        }

        foreach (var (stage, part) in parts)
            WriteAdapter(PartPath(directory, stage), @base, blueprint, part with { Config = part.Config with { RunId = runId.Length > 0 ? runId : null } });
        return [.. owners.Select(stage => PartPath(directory, stage))];
    }

    /// <summary>The parts that are named: each directory itself, or those that <see cref="Write"/> wrote into it.</summary>
    internal static IReadOnlyList<string> Find(IEnumerable<string> directories) => [.. directories.SelectMany(Find)];

    /// <summary>Whether a directory holds an adapter, a model, or a part of one.</summary>
    internal static bool IsPart(string directory) => AdapterDirectory.IsAt(directory) || File.Exists(Path.Combine(directory, "config.json"));

    /// <summary>What an interruption of the run has left is not part of the result.</summary>
    private static void RemoveParts(string directory)
    {
        foreach (var part in Enum.GetValues<StageName>().Select(stage => PartPath(directory, stage)).Where(IsPart))
            Directory.Delete(part, recursive: true);
    }

    private static IEnumerable<string> Find(string directory)
    {
        string[] parts = IsPart(directory) ? [] : [.. Enum.GetValues<StageName>().Select(stage => PartPath(directory, stage)).Where(IsPart)];
        return parts.Length > 0 ? parts : [directory];
    }

    /// <summary>Whether a stage has something to write: one without blocks has no adapter, unless it trains the embedding or the LM head.</summary>
    private static bool HasPart(StageBlueprint blueprint, StageName stage) =>
        blueprint.Split[stage].Count > 0 || ParameterSpec.OfStage(blueprint, stage).Any();

    /// <summary>The directory of a stage's part.</summary>
    internal static string PartPath(string directory, StageName stage) => Path.Combine(directory, stage.ToString().ToLowerInvariant());

    private static void WriteAdapter(string directory, HfCheckpoint @base, StageBlueprint blueprint, Adapter adapter)
    {
        if (adapter.Config is PrefixAdapterConfig && blueprint.Family.Prefix.IsPublished)
            PublishedPrefix.Write(directory, @base.Config, adapter);
        else
            AdapterDirectory.Write(directory, adapter);
    }

    private static string WriteModel(
        string directory, JsonElement config, HfCheckpoint @base, StageBlueprint blueprint, IReadOnlyDictionary<string, Tensor> values)
    {
        var restated = ConfigDtype.Restate(config, ElementTypes.FromScalarType(blueprint.Dtype));
        var tensors = values.Select(value => TensorInfo.Of(value.Key, value.Value));
        HfCheckpointWriter.Write(directory, restated, tensors, name => values[name], @base.Directory);
        return directory;
    }

    private static string WriteModelPart(
        string directory, HfCheckpoint @base, StageBlueprint blueprint, StageName stage, IReadOnlyDictionary<string, Tensor> values, string runId)
    {
        var own = blueprint.Family.Tensors.Where(tensor => blueprint.Split.Owner(tensor) == stage).Select(tensor => tensor.Name).ToHashSet();
        var config = JsonObject.Create(@base.Config)!;
        if (runId.Length > 0)
            config[AdapterConfigKeys.Run] = runId;
        return WriteModel(
            PartPath(directory, stage), JsonSerializer.SerializeToElement(config), @base, blueprint, values.Where(value => own.Contains(value.Key)).ToDictionary());
    }
}
