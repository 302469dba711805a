using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Models;

/// <summary>What a checkpoint says beside its model: refused where it changes what a block computes, else named.</summary>
public sealed class CheckpointWarningsTests : IDisposable
{
    private static readonly TinyLlama Model = new() { Blocks = 2 };

    private readonly TempFolder _folder = new();
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public CheckpointWarningsTests() => Model.Write(_folder.Path);

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_whole_model_gives_no_warning() => Assert.Empty(Warnings());

    [Fact]
    public void Tensors_and_keys_that_are_not_used_are_named()
    {
        Add("score.weight", ones(2, 2));
        Add("model.layers.7.self_attn.q_proj.weight", ones(2, 2));
        Add("model.layers.0.self_attn.rotary_emb.inv_freq", ones(2));
        Set("sliding_window", 4096);
        Set("use_sliding_window", false);

        Assert.Equal(
            [
                $"'{_folder.At("config.json")}' has keys that nothing here uses: sliding_window.",
                $"'{_folder.Path}' has 2 tensor(s) that this llama model does not use: model.layers.7.self_attn.q_proj.weight, score.weight.",
            ],
            Warnings());
    }

    [Theory]
    [InlineData("model.layers.1.self_attn.q_proj.bias", "does not have, so that the block would compute something else")]
    [InlineData("model.layers.0.self_attn.q_norm.weight", "does not have, so that the block would compute something else")]
    [InlineData("model.layers.0.self_attn.q_proj.SCB", "holds quantised weights")]
    [InlineData("model.layers.0.mlp.up_proj.qweight", "holds quantised weights")]
    [InlineData("model.layers.0.mlp.up_proj.weight.absmax", "holds quantised weights")]
    public void What_changes_a_block_is_refused(string name, string message)
    {
        Add(name, ones(2));

        Assert.Contains(message, Assert.Throws<CheckpointException>(() => Warnings().ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whole_numbers_are_no_weights()
    {
        using var checkpoint = HfCheckpoint.Open(_folder.Path);
        var name = ModelFamily.Of(checkpoint).EmbeddingName;
        var shape = checkpoint.Info(name).Shape;
        checkpoint.CloseFiles();
        Add(name, ones(shape, dtype: int8));
        using var changed = HfCheckpoint.Open(_folder.Path);

        var error = Assert.Throws<CheckpointException>(() => changed.Read(name, shape, "head"));

        Assert.Contains("as I8: whole numbers are quantised weights", error.Message, StringComparison.Ordinal);
    }

    private List<string> Warnings()
    {
        using var checkpoint = HfCheckpoint.Open(_folder.Path);
        return [.. CheckpointWarnings.Of(checkpoint, ModelFamily.Of(checkpoint))];
    }

    private void Add(string name, Tensor tensor)
    {
        var path = _folder.At("model.safetensors");
        Dictionary<string, Tensor> tensors;
        using (var file = TensorFile.Open(path))
            tensors = file.Tensors.Keys.ToDictionary(key => key, file.Read);
        tensors[name] = tensor;
        SafetensorsWriter.Write(path, tensors);
    }

    private void Set(string key, JsonNode value)
    {
        var path = _folder.At("config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config[key] = value;
        File.WriteAllText(path, config.ToJsonString());
    }
}
