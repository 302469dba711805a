using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Checkpoints;

public sealed class SafetensorsReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string File1 => _folder.At("one.safetensors");

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public void Published_file_shows_its_directory()
    {
        using var file = new SafetensorsReader(SharedFolder.At("data", "weights", "stories260K-hf", "model.safetensors"));

        Assert.Equal(47, file.Tensors.Count);
        Assert.Equal("pt", file.Metadata["format"]);
        var embedding = file.Tensors["model.embed_tokens.weight"];
        Assert.Equal(ElementType.F32, embedding.ElementType);
        Assert.Equal([512, 64], embedding.Shape);
        Assert.Equal(512 * 64 * 4, embedding.ByteLength);
    }

    [Fact]
    public void Missing_file_is_named() => AssertRefused(_folder.At("none.safetensors"), "does not exist");

    [Fact]
    public void Empty_file_is_refused()
    {
        File.WriteAllBytes(File1, []);
        AssertRefused(File1, "is empty");
    }

    [Theory]
    [InlineData(4, "inside its header length")]
    [InlineData(60, "inside its header")]
    [InlineData(-1, "inside 'b'")]
    [InlineData(-17, "inside 'a'")]
    public void Truncated_file_is_refused(int length, string where)
    {
        SafetensorsWriter.Write(File1, new Dictionary<string, TorchSharp.torch.Tensor>
        {
            ["a"] = Sample.Make(ElementType.F32, 1, 4),
            ["b"] = Sample.Make(ElementType.F32, 2, 4),
        });
        var whole = File.ReadAllBytes(File1);
        File.WriteAllBytes(File1, whole[..(length < 0 ? whole.Length + length : length)]);

        AssertRefused(File1, where);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "accounts for 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "inside 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "gives bytes 0..4 to F32 [2]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "gives bytes 4..0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "gives bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "no size")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "no size")]
    [InlineData("""{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4, "not a list")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", 4, "not supported")]
    [InlineData("""{"a":{"dtype":"3","shape":[1],"data_offsets":[0,4]}}""", 4, "not supported")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "lacks")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"note":1}}""", 4, "unknown field 'note'")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "twice")]
    [InlineData("""{"a\n":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "control characters")]
    [InlineData("""{"a":{"dtype":null,"shape":[0],"data_offsets":[0,0]}}""", 0, "stores 'a' as ''")]
    [InlineData("""{"a":7}""", 0, "not a JSON object")]
    [InlineData("""[]""", 0, "not a JSON object")]
    [InlineData("""{"a":""", 0, "not JSON")]
    [InlineData("""{} {}""", 0, "not JSON")]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "not JSON")]
    public void Header_that_does_not_describe_the_file_is_refused(string header, int dataBytes, string why)
    {
        Sample.WriteSafetensors(File1, header, dataBytes);
        AssertRefused(File1, why);
    }

    [Fact]
    public void Header_of_excessive_length_is_refused_before_it_is_read()
    {
        File.WriteAllBytes(File1, [.. BitConverter.GetBytes(ulong.MaxValue), .. "{}"u8]);
        AssertRefused(File1, "claims 18446744073709551615 bytes");
    }

    [Fact]
    public void Unknown_tensor_is_named()
    {
        Sample.WriteSafetensors(File1, "{}", 0);
        using var file = new SafetensorsReader(File1);

        var error = Assert.Throws<CheckpointException>(() => file.Read("x.weight"));

        Assert.Equal("x.weight", error.Tensor);
        Assert.Contains("flglm inspect", error.Message);
    }

    [Theory]
    [InlineData(ElementType.F16, 0x7C01)]
    [InlineData(ElementType.F16, 0xFC00)]
    [InlineData(ElementType.BF16, 0x7F81)]
    [InlineData(ElementType.F32, 0x7FC00000)]
    [InlineData(ElementType.F32, 0xFF800000)]
    [InlineData(ElementType.F64, 0x7FF0000000000000)]
    public void Not_finite_value_is_found_wherever_it_lies_and_only_in_what_is_read(ElementType type, ulong bits)
    {
        const int Count = 37;
        var good = Sample.Make(type, 4, Count);
        var tensors = new Dictionary<string, TorchSharp.torch.Tensor> { ["good"] = good };
        for (var position = 0; position < Count; position++)
        {
            var bad = Sample.Make(type, 3, Count);
            BitConverter.GetBytes(bits).AsSpan(0, type.Size()).CopyTo(bad.bytes[(position * type.Size())..]);
            tensors[$"bad.{position}"] = bad;
        }

        SafetensorsWriter.Write(File1, tensors);

        using var file = new SafetensorsReader(File1);
        Assert.Equal(Sample.Show(good), Sample.Show(file.Read("good")));
        for (var position = 0; position < Count; position++)
            Assert.Equal($"bad.{position}", Assert.Throws<CheckpointException>(() => file.Read($"bad.{position}")).Tensor);
    }

    private static void AssertRefused(string path, string why)
    {
        var error = Assert.Throws<CheckpointException>(() => new SafetensorsReader(path));
        Assert.Contains(why, error.Message);
        Assert.Contains(path, error.Message);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(ExitCode.Checkpoint, error.ExitCode);
    }
}
