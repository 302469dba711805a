using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Checkpoints;

public sealed class HfCheckpointWriterTests : IDisposable
{
    private static readonly JsonElement Config = JsonSerializer.Deserialize<JsonElement>("""{"model_type":"llama","rms_norm_eps":1e-05}""");
    private static readonly TensorInfo[] Tensors = [TensorInfo.Of("a", ElementType.F32, [2, 3]), TensorInfo.Of("b", ElementType.F16, [4])];

    private readonly TempFolder _folder = new();

    private string Target => _folder.At("out", "model");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_back()
    {
        Write(Target);

        using var checkpoint = HfCheckpoint.Open(Target);
        Assert.Equal(["a", "b"], checkpoint.Names);
        Assert.Equal(Sample.Show(Make("a")), Sample.Show(checkpoint.Read("a", [2, 3], "the test")));
        Assert.Equal(JsonSerializer.Serialize(Config), JsonSerializer.Serialize(checkpoint.Config));
        Assert.Equal([Target], Directory.GetFileSystemEntries(_folder.At("out")));
    }

    [Fact]
    public void Tokenizer_files_come_along_where_they_are()
    {
        Directory.CreateDirectory(_folder.At("from"));
        string[] along =
        [
            "added_tokens.json", "chat_template.jinja", "generation_config.json", "special_tokens_map.json", "tokenization_chatglm.py", "tokenizer.model",
            "tokenizer_config.json",
        ];
        foreach (var name in along.Append("notes.txt"))
            File.WriteAllText(_folder.At("from", name), name);

        HfCheckpointWriter.Write(Target, Config, Tensors, Make, _folder.At("from"));

        Assert.Equal(
            along.Concat(["config.json", "model.safetensors"]).Order(),
            Directory.GetFiles(Target).Select(Path.GetFileName).Order());
        Assert.Equal("tokenizer.model", File.ReadAllText(Path.Combine(Target, "tokenizer.model")));
    }

    [Fact]
    public void Directory_that_exists_keeps_its_other_files()
    {
        Write(Target);
        File.WriteAllText(Path.Combine(Target, "notes.txt"), "mine");

        Write(Target);

        Assert.Equal("mine", File.ReadAllText(Path.Combine(Target, "notes.txt")));
        Assert.Equal(3, Directory.GetFileSystemEntries(Target).Length);
    }

    [Fact]
    public void Failure_leaves_no_directory_behind()
    {
        Assert.Throws<InvalidOperationException>(() => HfCheckpointWriter.Write(
            Target, Config, Tensors, name => name == "a" ? Make(name) : throw new InvalidOperationException("pulled the plug")));

        Assert.Empty(Directory.GetFileSystemEntries(_folder.At("out")));
    }

    private static TorchSharp.torch.Tensor Make(string name) =>
        name == "a" ? Sample.Make(ElementType.F32, 1, 2, 3) : Sample.Make(ElementType.F16, 2, 4);

    private static void Write(string target) => HfCheckpointWriter.Write(target, Config, Tensors, Make);
}
