using System.Text.Json;
using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>Joins the part directories that <see cref="TrainedParts"/> wrote: adapter parts to one adapter, model parts to one model.</summary>
public static class PartMerge
{
    /// <summary>Writes the joined adapter or model.</summary>
    /// <param name="named">the directories of all parts, in any order, or directories that hold them as <see cref="TrainedParts"/> writes them</param>
    /// <param name="target">the directory to write</param>
    /// <returns>the parts that were joined</returns>
    /// <exception cref="CheckpointException">the parts are incomplete or do not belong together, or a file is damaged</exception>
    public static IReadOnlyList<string> Join(IReadOnlyList<string> named, string target)
    {
        using var scope = NewDisposeScope();
        var parts = TrainedParts.Find(named);
        if (parts.FirstOrDefault(part => !TrainedParts.IsPart(part)) is { } none)
            throw Nothing(none);
        var prefixes = parts.Where(PublishedPrefix.IsAt).ToList();
        var models = parts.Except(prefixes).Where(IsModel).ToList();
        if (prefixes.Count == parts.Count)
            JoinPrefixes(parts, target);
        else if (prefixes.Count > 0)
            throw Mixed(prefixes[0], "ChatGLM prefix", parts.Except(prefixes).First());
        else if (models.Count == 0)
            AdapterDirectory.Write(target, AdapterMerge.Join([.. parts.Select(AdapterDirectory.Read)]));
        else if (models.Count == parts.Count)
            JoinModels(parts, target);
        else
            throw Mixed(models[0], "model", parts.First(part => !IsModel(part)));
        return parts;
    }

    private static CheckpointException Nothing(string directory)
    {
        var adapter = Path.Combine(directory, "adapter");
        var next = TrainedParts.Find([adapter]).Any(TrainedParts.IsPart)
            ? $"it is a run's directory: name '{adapter}'"
            : "name a run's 'adapter' directory, or the parts in it (head, middle, tail)";
        return new CheckpointException(directory, $"'{directory}' holds no part of a run, neither adapter_config.json nor config.json; {next}.");
    }

    private static CheckpointException Mixed(string part, string kind, string other) =>
        new(part, $"'{part}' is part of a {kind} and '{other}' of something else; name parts of one run.");

    private static void JoinPrefixes(IReadOnlyList<string> parts, string target)
    {
        using var first = HfCheckpoint.Open(parts[0]);
        PublishedPrefix.Write(target, first.Config, AdapterMerge.Join([.. parts.Select(PublishedPrefix.Read)]));
    }

    private static bool IsModel(string part) => File.Exists(Path.Combine(part, "config.json"));

    private static void JoinModels(IReadOnlyList<string> parts, string target)
    {
        var opened = new List<HfCheckpoint>();
        try
        {
            foreach (var part in parts)
                opened.Add(HfCheckpoint.Open(part));
            AdapterMerge.CheckOneRun(opened.Select(part => ($"'{part.Directory}'", AdapterConfigFile.ReadRun(new JsonFields(part.Config, part.Directory)))));
            var family = ModelFamily.Of(opened[0]);
            var owners = family.Tensors.ToDictionary(tensor => tensor.Name, tensor => Owner(opened, tensor.Name));
            var shapes = family.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape);
            HfCheckpointWriter.Write(
                target,
                WithoutRun(opened[0].Config),
                owners.Select(owner => owner.Value.Info(owner.Key)),
                name => owners[name].Read(name, shapes[name], "the merged model"),
                opened[0].Directory);
        }
        finally
        {
            opened.ForEach(part => part.Dispose());
        }
    }

    private static JsonElement WithoutRun(JsonElement config)
    {
        var whole = JsonObject.Create(config)!;
        whole.Remove(AdapterConfigKeys.Run);
        return JsonSerializer.SerializeToElement(whole);
    }

    private static HfCheckpoint Owner(List<HfCheckpoint> parts, string name)
    {
        var owners = parts.Where(part => part.Contains(name)).ToList();
        return owners switch
        {
            [var only] => only,
            [] => throw new CheckpointException(parts[0].Directory, $"No part holds '{name}'; name the part that does.", name),
            [var one, var other, ..] => throw new CheckpointException(one.Directory, $"Both '{one.Directory}' and '{other.Directory}' hold '{name}'; name each part once.", name),
        };
    }
}
