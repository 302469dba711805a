using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>Prefixes as ChatGLM's own trainer saves them.</summary>
public sealed class PublishedPrefixFixtureTests
{
    private const string Embedding = "transformer.prefix_encoder.embedding.weight";

    [FixtureTheory("ptuning")]
    [FixtureModels]
    public void Three_stages_start_from_the_published_checkpoint_and_give_the_reference_loss(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        var io = model.File("io_prefix");
        using var stages = Open(model, io);

        FixtureTolerance.Loss("ptuning").Check(io.Number("loss"), stages.Loss(io.Batch().Batch));
        Bits.Equal(io["prefix.embedding.weight"], cat([.. stages.Parameters.Select(parameter => (Tensor)parameter.Value)], 1), "prefix");
    }

    [FixtureTheory("ptuning")]
    [FixtureModels]
    public void What_stages_write_whole_or_in_parts_is_the_published_checkpoint_again(string name)
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        var model = new FixtureModel(name);
        var io = model.File("io_prefix");
        using var stages = Open(model, io);
        using var checkpoint = HfCheckpoint.Open(model.Hf);
        var values = stages.Parameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter.Value);
        StageName[] all = Enum.GetValues<StageName>();

        TrainedParts.Write(folder.At("whole"), checkpoint, stages.Blueprint, all.ToHashSet(), values);
        var parts = all.SelectMany(stage => TrainedParts.Write(folder.At("parts"), checkpoint, stages.Blueprint, new HashSet<StageName> { stage }, values));
        PartMerge.Join([.. parts], folder.At("joined"));

        foreach (var form in new[] { "whole", "joined" })
        {
            var tensors = new FixtureFile(Path.Combine(folder.At(form), "model.safetensors")).Under("");
            Assert.Equal([Embedding], tensors.Keys);
            Bits.Equal(io["prefix.embedding.weight"], tensors[Embedding], form);
        }
    }

    /// <summary>The published script trains on a base quantised to 4 bits and writes that into the configuration; the prefix itself is not quantised.</summary>
    [FixtureTheory("ptuning")]
    [FixtureModels]
    public async Task A_prefix_trained_on_a_quantised_base_is_read_like_any_other(string name)
    {
        using var folder = new TempFolder();
        var model = new FixtureModel(name);
        var io = model.File("io_prefix");
        var prefix = Quantised(model.PTuning, folder.At("prefix"));
        using var stages = Open(model, io, prefix);

        Bits.Equal(io["prefix.embedding.weight"], cat([.. stages.Parameters.Select(parameter => (Tensor)parameter.Value)], 1), "prefix");
        Assert.Equal(0, (await CommandRun.OfAsync("inspect", prefix)).ExitCode);
    }

    [FixtureTheory("ptuning")]
    [FixtureModels]
    public async Task Inspecting_one_shows_the_part_of_every_stage(string name)
    {
        var run = await CommandRun.OfAsync("inspect", new FixtureModel(name).PTuning);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("adapter, P-tuning v2", run.OutputLines[0], StringComparison.Ordinal);
    }

    private static string Quantised(string prefix, string copy)
    {
        Directory.CreateDirectory(copy);
        File.Copy(Path.Combine(prefix, "pytorch_model.bin"), Path.Combine(copy, "pytorch_model.bin"));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(prefix, "config.json")))!;
        config["quantization_bit"] = 4;
        File.WriteAllText(Path.Combine(copy, "config.json"), config.ToJsonString());
        return copy;
    }

    private static ThreeStages Open(FixtureModel model, FixtureFile io, string? prefix = null) =>
        ThreeStages.Open(model.Hf, FixtureModel.Prefix(io), FixtureStages.Cut(model.Hf)).Import(prefix ?? model.PTuning);
}
