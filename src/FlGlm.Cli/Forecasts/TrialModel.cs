using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Cli.Forecasts;

/// <summary>A model of the shape of another with random weights, and no more than two blocks in the middle: what a step costs is seen without the other's weights.</summary>
internal static class TrialModel
{
    private const int MostMiddleBlocks = 2;

    /// <summary>The names under which families keep their number of blocks in config.json.</summary>
    private static readonly string[] BlocksKeys = ["num_hidden_layers", "num_layers"];

    /// <summary>The configuration of a run with such a model.</summary>
    /// <param name="blocks">of the model</param>
    /// <param name="folder">is written to</param>
    /// <returns>and the blocks of its middle</returns>
    public static (FlGlmConfig Config, int Middle) Write(FlGlmConfig config, int blocks, string folder)
    {
        var outer = config.Split.Head + config.Split.Tail;
        var middle = Math.Min(MostMiddleBlocks, blocks - outer);
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(config.Model.Path, "config.json")))!;
        foreach (var key in BlocksKeys.Where(key => json[key] is not null))
            json[key] = outer + middle;
        var (file, model) = (Path.Combine(folder, "config.json"), Path.Combine(folder, "model"));
        File.WriteAllText(file, json.ToJsonString());
        RandomCheckpoint.Write(file, seed: 0, config.Compute.Dtype == ElementPrecision.BFloat16 ? ElementType.BF16 : ElementType.F32, model, config.Model.Path);
        return (config with { Model = new ModelSettings { Path = model }, Peft = config.Peft with { Start = "" } }, middle);
    }
}
