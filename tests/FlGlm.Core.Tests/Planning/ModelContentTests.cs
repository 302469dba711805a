using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Planning;

public sealed class ModelContentTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_travels_is_another_hash_in_every_run()
    {
        var content = Read(new TinyLlama(), start: "");

        Assert.Equal(new TinyLlama().Family.Tensors.Select(tensor => tensor.Name), content.ForRun("a").Select(tensor => tensor.Name));
        Assert.Equal(content.ForRun("a").Select(Text), content.ForRun("a").Select(Text));
        Assert.Empty(content.ForRun("a").Select(Text).Intersect(content.ForRun("b").Select(Text)));
    }

    [Fact]
    public void Tensors_of_a_start_adapter_follow_under_names_of_their_own()
    {
        WritePrefix("adapter", part: null);

        var content = Read(new TinyLlama(), _folder.At("adapter"));

        Assert.Equal("peft.start prompt_embeddings", content.ForRun("").Last().Name);
    }

    [Fact]
    public void Parts_of_a_prefix_are_told_apart_by_their_blocks()
    {
        WritePrefix("parts/head", new AdapterPart(0, 0, 4));
        WritePrefix("parts/tail", new AdapterPart(3, 3, 4));

        var content = Read(new TinyLlama(), _folder.At("parts"));

        Assert.Equal(
            ["peft.start prompt_embeddings (blocks 0..0 of 4)", "peft.start prompt_embeddings (blocks 3..3 of 4)"], content.ForRun("").TakeLast(2).Select(tensor => tensor.Name));
    }

    [Fact]
    public void A_prefix_of_ChatGLMs_own_trainer_is_part_of_it_and_the_model_beside_it_is_not()
    {
        var model = new TinyChatGlm();
        model.Write(_folder.At("prefix"));
        using var weights = zeros(2, 4);
        using var other = zeros(1);
        SafetensorsWriter.Write(
            _folder.At("prefix", "model.safetensors"), new Dictionary<string, Tensor> { ["transformer.prefix_encoder.embedding.weight"] = weights, ["transformer.other"] = other });

        var content = Read(model, _folder.At("prefix"));

        Assert.Equal("peft.start transformer.prefix_encoder.embedding.weight", Assert.Single(content.ForRun(""), tensor => tensor.Name.StartsWith("peft.start", StringComparison.Ordinal)).Name);
    }

    private static string Text((string Name, byte[] Hash) tensor) => $"{tensor.Name} {Convert.ToHexString(tensor.Hash)}";

    private void WritePrefix(string directory, AdapterPart? part)
    {
        using var prefix = zeros(3, 2 * 8 * (part?.Count ?? 4));
        var config = new PrefixAdapterConfig { VirtualTokens = 3, TokenDim = 8, AttentionHeads = 1, Layers = 4, Part = part };
        AdapterDirectory.Write(_folder.At(directory), new Adapter(config, new Dictionary<string, Tensor> { [PrefixAdapterConfig.TensorName] = prefix }));
    }

    private ModelContent Read(TinyModel model, string start)
    {
        using var checkpoint = HfCheckpoint.Open(model.Write(_folder.At("model")));
        return ModelContent.Read(checkpoint, model.Family, new PeftSettings { Start = start }, new TensorHashes(null), default);
    }
}
