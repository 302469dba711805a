using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Checkpoints;

public sealed class HfCheckpointTests : IDisposable
{
    private const string Embedding = "model.embed_tokens.weight";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedTheory]
    [InlineData("llama2")]
    [InlineData("llama2_gqa")]
    [InlineData("glm1")]
    [InlineData("glm2")]
    public void One_file_and_shards_hold_the_same_numbers(string model)
    {
        using var single = HfCheckpoint.Open(SharedFolder.At("fixtures", model, "hf"));
        using var sharded = HfCheckpoint.Open(SharedFolder.At("fixtures", model, "hf_sharded"));

        Assert.Equal(single.Names.Order(), sharded.Names.Order());
        foreach (var name in single.Names)
            Assert.Equal(Sample.Show(Read(single, name)), Sample.Show(Read(sharded, name)));
        Assert.Equal(single.DirectoryFingerprint(), sharded.DirectoryFingerprint());
        Assert.Equal(Hashes(single, [.. single.Names]), Hashes(sharded, [.. sharded.Names]));
    }

    [SharedTheory]
    [InlineData("llama2")]
    [InlineData("llama2_gqa")]
    public void Half_precision_copy_holds_the_same_numbers_rounded(string model)
    {
        using var single = HfCheckpoint.Open(SharedFolder.At("fixtures", model, "hf"));
        using var half = HfCheckpoint.Open(SharedFolder.At("fixtures", model, "hf_fp16"));

        foreach (var name in single.Names)
        {
            using var numbers = Read(single, name);
            using var rounded = Read(half, name);
            Assert.Equal(
                MemoryMarshal.Cast<byte, float>(numbers.bytes).ToArray().Select(number => (Half)number),
                MemoryMarshal.Cast<byte, Half>(rounded.bytes).ToArray());
        }

        Assert.Equal(single.DirectoryFingerprint(), half.DirectoryFingerprint());
        Assert.NotEqual(Hashes(single, Embedding), Hashes(half, Embedding));
    }

    [SharedFact]
    public void Config_is_available()
    {
        using var checkpoint = HfCheckpoint.Open(SharedFolder.At("fixtures", "llama2", "hf"));
        Assert.Equal("llama", checkpoint.Config.GetProperty("model_type").GetString());
    }

    [Fact]
    public void Shard_that_holds_only_others_tensors_may_be_missing()
    {
        MakeShards();
        File.Delete(_folder.At("model-2.safetensors"));

        using var checkpoint = HfCheckpoint.Open(_folder.Path);

        Assert.Equal([2, 3], checkpoint.Read("head.weight", [2, 3], "head, block 0").shape);
        Assert.True(checkpoint.IsAvailable("head.weight"));
        Assert.True(checkpoint.Contains("tail.weight"));
        Assert.False(checkpoint.IsAvailable("tail.weight"));
        var error = Assert.Throws<CheckpointException>(() => checkpoint.Read("tail.weight", [4], "tail, block 3"));
        AssertSays(error, "model-2.safetensors", "model.safetensors.index.json", "'tail.weight' (needed by tail, block 3)");
    }

    [Fact]
    public void Missing_shard_does_not_change_the_fingerprint_of_the_directory()
    {
        MakeShards();
        using var whole = HfCheckpoint.Open(_folder.Path);
        var before = whole.DirectoryFingerprint();
        File.Delete(_folder.At("model-2.safetensors"));

        using var partial = HfCheckpoint.Open(_folder.Path);

        Assert.Equal(before, partial.DirectoryFingerprint());
        Assert.Matches("^[0-9a-f]{64}$", before);
    }

    [Fact]
    public void A_hash_of_a_tensor_sees_one_changed_bit()
    {
        MakeShards();
        SortedDictionary<string, string> before;
        using (var checkpoint = HfCheckpoint.Open(_folder.Path))
            before = Hashes(checkpoint, "head.weight");
        var bytes = File.ReadAllBytes(_folder.At("model-1.safetensors"));
        bytes[^1] ^= 1;
        File.WriteAllBytes(_folder.At("model-1.safetensors"), bytes);

        using var changed = HfCheckpoint.Open(_folder.Path);

        Assert.Equal(["head.weight"], before.Keys);
        Assert.NotEqual(before, Hashes(changed, "head.weight"));
    }

    [Fact]
    public void Tensors_whose_file_is_missing_or_no_tensor_file_have_no_hash()
    {
        MakeShards();
        using var checkpoint = HfCheckpoint.Open(_folder.Path);
        Assert.Equal(["head.weight", "tail.weight"], Hashes(checkpoint, "head.weight", "tail.weight", "no.such").Keys);

        File.WriteAllText(_folder.At("model-2.safetensors"), "version https://git-lfs.github.com/spec/v1");
        Assert.Equal(["head.weight"], Hashes(checkpoint, "head.weight", "tail.weight").Keys);

        File.Delete(_folder.At("model-2.safetensors"));
        Assert.Equal(["head.weight"], Hashes(checkpoint, "head.weight", "tail.weight").Keys);
    }

    [Fact]
    public void Index_that_names_a_tensor_its_shard_lacks_is_refused()
    {
        MakeShards();
        WriteIndex(("head.weight", "model-1.safetensors"), ("tail.weight", "model-1.safetensors"));

        using var checkpoint = HfCheckpoint.Open(_folder.Path);

        AssertSays(
            Assert.Throws<CheckpointException>(() => checkpoint.Info("tail.weight")), "model-1.safetensors' has no 'tail.weight'", "index.json");
    }

    [Theory]
    [InlineData("../other/model-1.safetensors")]
    [InlineData("..")]
    [InlineData("")]
    public void Index_that_leaves_its_directory_is_refused(string file)
    {
        MakeShards();
        WriteIndex(("head.weight", file));
        AssertSays(Assert.Throws<CheckpointException>(() => HfCheckpoint.Open(_folder.Path)), "no file of its own directory");
    }

    [Theory]
    [InlineData("{", "cannot be read as a JSON object")]
    [InlineData("[]", "a JSON object: It holds something else.")]
    [InlineData("{}", "no weight_map")]
    [InlineData("""{"weight_map":{"a":"x","a":"y"}}""", "cannot be read as a JSON object")]
    public void Damaged_index_is_refused(string json, string why)
    {
        MakeShards();
        File.WriteAllText(_folder.At("model.safetensors.index.json"), json);
        AssertSays(Assert.Throws<CheckpointException>(() => HfCheckpoint.Open(_folder.Path)), why, "index.json");
    }

    [Fact]
    public void Wrong_shape_names_both_shapes_and_who_needs_it()
    {
        MakeShards();
        using var checkpoint = HfCheckpoint.Open(_folder.Path);

        var error = Assert.Throws<CheckpointException>(() => checkpoint.Read("head.weight", [3, 2], "head, block 0"));

        AssertSays(error, "'head.weight'", "[2, 3]", "[3, 2]", "needed by head, block 0");
        Assert.Equal("head.weight", error.Tensor);
    }

    [Fact]
    public void Missing_tensor_names_who_needs_it_and_what_to_do()
    {
        MakeShards();
        using var checkpoint = HfCheckpoint.Open(_folder.Path);

        var error = Assert.Throws<CheckpointException>(() => checkpoint.Read("model.norm.weight", [3], "tail, block 3"));

        AssertSays(error, "has no 'model.norm.weight' (needed by tail, block 3)", $"`flglm inspect {_folder.Path}`");
    }

    [Fact]
    public void Directory_without_a_model_is_refused()
    {
        AssertSays(Assert.Throws<CheckpointException>(() => HfCheckpoint.Open(_folder.At("none"))), "config.json' does not exist");
        File.WriteAllText(_folder.At("config.json"), "{}");
        AssertSays(Assert.Throws<CheckpointException>(() => HfCheckpoint.Open(_folder.Path)), "holds no model");
    }

    private static void AssertSays(CheckpointException error, params string[] parts)
    {
        Assert.All(parts, part => Assert.Contains(part, error.Message));
        Assert.DoesNotContain('\n', error.Message);
    }

    private static Tensor Read(HfCheckpoint checkpoint, string name) => checkpoint.Read(name, checkpoint.Info(name).Shape, "the test");

    private void MakeShards()
    {
        File.WriteAllText(_folder.At("config.json"), "{}");
        SafetensorsWriter.Write(
            _folder.At("model-1.safetensors"), new Dictionary<string, Tensor> { ["head.weight"] = Sample.Make(ElementType.F32, 1, 2, 3) });
        SafetensorsWriter.Write(
            _folder.At("model-2.safetensors"), new Dictionary<string, Tensor> { ["tail.weight"] = Sample.Make(ElementType.F32, 2, 4) });
        WriteIndex(("head.weight", "model-1.safetensors"), ("tail.weight", "model-2.safetensors"));
    }

    private void WriteIndex(params (string Tensor, string File)[] entries)
    {
        var map = new JsonObject(entries.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Tensor, entry.File)));
        File.WriteAllText(_folder.At("model.safetensors.index.json"), new JsonObject { ["weight_map"] = map }.ToJsonString());
    }

    private static SortedDictionary<string, string> Hashes(HfCheckpoint checkpoint, params string[] names) =>
        new(checkpoint.Hashes(names, new TensorHashes(folder: null), default).ToDictionary(tensor => tensor.Name, tensor => Convert.ToHexStringLower(tensor.Hash)));
}
