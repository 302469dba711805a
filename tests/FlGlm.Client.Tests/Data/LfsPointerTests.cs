using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tests.Data;

/// <summary>A clone without Git LFS has small texts in the place of its large files.</summary>
public sealed class LfsPointerTests : IDisposable
{
    private const string Pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("pytorch_model.bin")]
    [InlineData("model.safetensors.index.json")]
    public void Weights_that_are_pointers_are_named_so(string name)
    {
        var path = _folder.Write(name, Pointer);
        _folder.Write("config.json", """{"model_type": "llama"}""");

        var error = Assert.Throws<CheckpointException>(() => HfCheckpoint.Open(Path.GetDirectoryName(path)!).Dispose());

        Assert.Equal($"'{path}' is a Git LFS pointer, not the file itself: run `git lfs pull` where it was cloned, or download the file.", error.Message);
    }

    [Theory]
    [InlineData("tokenizer.model")]
    [InlineData("tokenizer.json")]
    [InlineData("config.json")]
    [InlineData("tokenizer_config.json")]
    public void Tokenizer_files_that_are_pointers_are_named_so(string name)
    {
        var path = _folder.Write(name, Pointer);

        Assert.StartsWith($"'{path}' is a Git LFS pointer", Assert.Throws<CheckpointException>(_folder.Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.jsonl")]
    [InlineData("a.parquet")]
    public void Data_files_that_are_pointers_are_named_so(string name)
    {
        var error = Assert.Throws<DataException>(() => _folder.Load(name, Pointer));

        Assert.StartsWith($"'{error.Path}' is a Git LFS pointer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_longer_text_that_begins_so_is_a_text() =>
        Assert.NotEmpty(_folder.Load("a.txt", Pointer + new string('x', 1000)).Train);
}
