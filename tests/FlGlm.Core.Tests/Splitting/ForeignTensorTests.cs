using System.Text.Json;
using FlGlm.Client.Stages;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Splitting;

/// <summary>A stage reads only its own tensors.</summary>
public sealed class ForeignTensorTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _whole;

    public ForeignTensorTests() => _whole = new TinyLlama().Write(Path.Combine(_folder.Path, "whole"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(StageName.Head)]
    [InlineData(StageName.Middle)]
    [InlineData(StageName.Tail)]
    public void Every_stage_loads_without_the_others_shards(StageName stage)
    {
        using var scope = NewDisposeScope();
        var directory = WriteShards(stage);

        Bits.Equal(Output(_whole, stage), Output(directory, stage), stage.ToString());
    }

    [Theory]
    [InlineData(StageName.Head)]
    [InlineData(StageName.Middle)]
    [InlineData(StageName.Tail)]
    public void Every_stage_loads_from_a_file_whose_foreign_tensors_are_not_numbers(StageName stage)
    {
        using var scope = NewDisposeScope();
        var directory = WriteWithForeignNaN(stage);

        Bits.Equal(Output(_whole, stage), Output(directory, stage), stage.ToString());
    }

    [Fact]
    public void A_missing_shard_of_its_own_is_named()
    {
        using var scope = NewDisposeScope();
        var directory = WriteShards(StageName.Head);

        var error = Assert.Throws<CheckpointException>(() => Output(directory, StageName.Tail));

        Assert.Contains("Tail.safetensors' is missing", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The output of a stage, loaded from a directory, for a fixed input.</summary>
    private static Tensor Output(string directory, StageName stage)
    {
        using var checkpoint = HfCheckpoint.Open(directory);
        var blueprint = ThreeStages.BlueprintOf(checkpoint, new PeftSettings(), new SplitSettings());
        var batch = TinyBatch.Create();
        var hidden = ones(batch.Rows, batch.Length, blueprint.Family.Shape.Hidden, dtype: float32, device: TestDevice.Device).cumsum(1);
        var weights = new StageWeights(checkpoint, blueprint, stage);
        return stage switch
        {
            StageName.Head => new HeadStage(blueprint, weights).Forward(batch, PassMode.Evaluate).Output,
            StageName.Middle => new MiddleStage(checkpoint, blueprint).Forward(hidden, batch.Layout, PassMode.Evaluate).Output,
            _ => new TailStage(blueprint, weights, new TokenEmbedding(empty(0), padId: null)).Forward(hidden, batch, PassMode.Evaluate).Output,
        };
    }

    private string WriteShards(StageName kept)
    {
        var directory = CreateCopy("shards");
        var owners = Owners();
        var index = new { weight_map = owners.ToDictionary(owner => owner.Key, owner => $"{owner.Value}.safetensors") };
        File.WriteAllText(Path.Combine(directory, "model.safetensors.index.json"), JsonSerializer.Serialize(index));
        var own = Tensors().Where(tensor => owners[tensor.Key] == kept).ToDictionary();
        SafetensorsWriter.Write(Path.Combine(directory, $"{kept}.safetensors"), own);
        return directory;
    }

    private string WriteWithForeignNaN(StageName stage)
    {
        var directory = CreateCopy("nan");
        var owners = Owners();
        var tensors = Tensors().ToDictionary(t => t.Key, t => owners[t.Key] == stage ? t.Value : full_like(t.Value, float.NaN));
        SafetensorsWriter.Write(Path.Combine(directory, "model.safetensors"), tensors);
        return directory;
    }

    private string CreateCopy(string name)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;
        File.Copy(Path.Combine(_whole, "config.json"), Path.Combine(directory, "config.json"));
        return directory;
    }

    private IReadOnlyDictionary<string, Tensor> Tensors() => new FixtureFile(Path.Combine(_whole, "model.safetensors")).Under("");

    private Dictionary<string, StageName> Owners()
    {
        using var checkpoint = HfCheckpoint.Open(_whole);
        var blueprint = ThreeStages.BlueprintOf(checkpoint, new PeftSettings(), new SplitSettings());
        return blueprint.Family.Tensors.ToDictionary(tensor => tensor.Name, blueprint.Split.Owner);
    }
}
