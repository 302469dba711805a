using FlGlm.Core.Checkpoints;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Commands;

public sealed class InitCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_same_seed_gives_the_same_file()
    {
        var one = await TinyCheckpoint.MakeAsync(_folder, "one", "7");
        var same = await TinyCheckpoint.MakeAsync(_folder, "same", "7");
        var other = await TinyCheckpoint.MakeAsync(_folder, "other", "8");

        Assert.Equal(Weights(one), Weights(same));
        Assert.NotEqual(Weights(one), Weights(other));
    }

    [Fact]
    public async Task Weights_start_as_Hugging_Face_starts_them()
    {
        var made = await TinyCheckpoint.MakeAsync(_folder, "made", "7");
        using var scope = NewDisposeScope();
        using var file = TensorFile.Open(Path.Combine(made, "model.safetensors"));

        var up = file.Read("model.layers.2.mlp.up_proj.weight");
        Assert.InRange(up.mean().item<float>(), -0.002f, 0.002f);
        Assert.InRange(up.std().item<float>(), 0.019f, 0.021f);
        Assert.Equal(1f, file.Read("model.layers.0.input_layernorm.weight").min().item<float>());
        Assert.Equal(0f, file.Read("model.layers.3.self_attn.q_proj.bias").abs().max().item<float>());
        var padding = file.Read("model.embed_tokens.weight").narrow(0, 3, 1);
        Assert.Equal(0f, padding.abs().max().item<float>());
        Assert.NotEqual(0f, file.Read("lm_head.weight").narrow(0, 3, 1).abs().max().item<float>());
    }

    [Fact]
    public async Task Weights_are_stored_in_the_type_that_was_asked_for()
    {
        var made = await TinyCheckpoint.MakeAsync(_folder, "half", "7", "--dtype", "bfloat16");
        using var file = TensorFile.Open(Path.Combine(made, "model.safetensors"));
        Assert.All(file.Tensors.Values, tensor => Assert.Equal(ElementType.BF16, tensor.ElementType));
        Assert.Equal("bfloat16", JsonFile.ReadObject(Path.Combine(made, "config.json")).GetProperty("torch_dtype").GetString());
    }

    [Fact]
    public async Task The_tokenizer_goes_along()
    {
        var source = Directory.CreateDirectory(Path.Combine(_folder.Path, "source")).FullName;
        await File.WriteAllTextAsync(Path.Combine(source, "tokenizer.model"), "pieces");
        var made = await TinyCheckpoint.MakeAsync(_folder, "made", "7", "--tokenizer", source);
        Assert.Equal("pieces", await File.ReadAllTextAsync(Path.Combine(made, "tokenizer.model")));
    }

    [Theory]
    [InlineData("""{"model_type": "mystery"}""", "describes a 'mystery' model")]
    [InlineData("""{"model_type": "llama", "hidden_size": 32}""", "num_attention_heads")]
    [InlineData("not json", "cannot be read as a JSON object")]
    public async Task A_config_that_is_no_models_makes_nothing(string config, string complaint)
    {
        var target = Path.Combine(_folder.Path, "out");
        var run = await CommandRun.OfAsync("init", "--config", _folder.Write("bad.json", config), "--out", target);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains(complaint, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(target));
    }

    private static byte[] Weights(string directory) => File.ReadAllBytes(Path.Combine(directory, "model.safetensors"));
}
