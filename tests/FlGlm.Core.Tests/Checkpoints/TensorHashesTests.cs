using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Checkpoints;

public sealed class TensorHashesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private long _hashed;

    private string Weights => _folder.At("weights.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_hash_depends_on_type_shape_and_bytes()
    {
        Write(("a", zeros(2, 3)), ("same", zeros(2, 3)), ("shape", zeros(3, 2)), ("type", zeros(2, 3, dtype: float16)), ("value", full(2, 3, 1)));

        var hashes = Of(new TensorHashes(null));

        Assert.Equal(hashes["a"], hashes["same"]);
        Assert.Equal(4, hashes.Values.Distinct().Count());
    }

    [Fact]
    public void Hashes_are_computed_once_and_again_when_the_file_changes()
    {
        Write(("a", zeros(4)));
        var first = Of(Kept());
        Assert.Equal(16, _hashed);

        Assert.Equal(first, Of(Kept()));
        Assert.Equal(16, _hashed);

        var changed = File.GetLastWriteTimeUtc(Weights);
        Write(("a", ones(4)));
        File.SetLastWriteTimeUtc(Weights, changed); // of another inode, since it is replaced
        Assert.NotEqual(first, Of(Kept()));
        Assert.Equal(32, _hashed);

        var bytes = File.ReadAllBytes(Weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(Weights, bytes);
        File.SetLastWriteTimeUtc(Weights, changed.AddSeconds(1)); // of the same inode
        Assert.NotEqual(first, Of(Kept()));
        Assert.Equal(48, _hashed);
    }

    [Fact]
    public void Kept_hashes_that_are_damaged_or_of_another_file_are_computed_again()
    {
        Write(("a", zeros(4)));
        var first = Of(Kept());
        var kept = Assert.Single(Directory.GetFiles(_folder.At("cache", "tensors")));

        foreach (var content in new[] { "", "{}", "[1", File.ReadAllText(kept).Replace("weights", "others", StringComparison.Ordinal), """{"Path":null,"Version":null,"Tensors":{"a":null}}""" })
        {
            File.WriteAllText(kept, content);
            _hashed = 0;
            Assert.Equal(first, Of(Kept()));
            Assert.Equal(16, _hashed);
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_no_error()
    {
        Write(("a", zeros(4)));
        _folder.Write("cache", "a file where the folder would be");

        Assert.Equal(Of(new TensorHashes(null)), Of(Kept()));
    }

    [Fact]
    public void Hashes_of_small_files_are_not_kept()
    {
        Write(("a", zeros(4)));

        Of(new TensorHashes(_folder.At("cache")));

        Assert.False(Directory.Exists(_folder.At("cache")));
    }

    [Fact]
    public void A_missing_file_is_a_checkpoint_error() => Assert.Throws<CheckpointException>(() => Of(Kept()));

    private TensorHashes Kept() => new(_folder.At("cache")) { SmallestKept = 0, Hashed = bytes => Interlocked.Add(ref _hashed, bytes) };

    private Dictionary<string, string> Of(TensorHashes hashes) => hashes.Of(Weights, default).ToDictionary(tensor => tensor.Key, tensor => Convert.ToHexString(tensor.Value));

    private void Write(params (string Name, Tensor Value)[] tensors)
    {
        SafetensorsWriter.Write(Weights, tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Value));
        foreach (var (_, value) in tensors)
            value.Dispose();
    }
}
