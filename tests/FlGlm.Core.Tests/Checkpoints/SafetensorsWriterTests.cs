using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Checkpoints;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_element_type_survives_the_round_trip()
    {
        var tensors = Enum.GetValues<ElementType>().ToDictionary(type => $"t.{type}", type => Sample.Make(type, (int)type, 3, 5));
        tensors["scalar"] = Sample.Make(ElementType.F32, 50);
        tensors["empty"] = Sample.Make(ElementType.F32, 51, 4, 0);

        SafetensorsWriter.Write(_folder.At("all.safetensors"), tensors);

        using var file = new SafetensorsReader(_folder.At("all.safetensors"));
        Assert.Equal(tensors.ToDictionary(pair => pair.Key, pair => Sample.Show(pair.Value)), Sample.Show(file));
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void Widest_elements_come_first_then_names_in_order()
    {
        SafetensorsWriter.Write(_folder.At("a.safetensors"), new Dictionary<string, Tensor>
        {
            ["b"] = Sample.Make(ElementType.F16, 1, 2),
            ["a"] = Sample.Make(ElementType.F16, 2, 2),
            ["c"] = Sample.Make(ElementType.F32, 3, 2),
        });

        using var file = new SafetensorsReader(_folder.At("a.safetensors"));
        Assert.Equal(["c", "a", "b"], file.Tensors.Keys);
    }

    [SharedTheory]
    [InlineData("hf/model.safetensors")]
    [InlineData("hf_fp16/model.safetensors")]
    [InlineData("lora_adapter/adapter_model.safetensors")]
    public void Published_file_written_again_has_the_same_bytes(string name)
    {
        var published = SharedFolder.At("fixtures", "llama2", name);
        using var file = new SafetensorsReader(published);

        SafetensorsWriter.Write(_folder.At("again.safetensors"), file.Tensors.Values, file.Read);

        Assert.Equal(File.ReadAllBytes(published), File.ReadAllBytes(_folder.At("again.safetensors")));
    }

    [Fact]
    public void Failure_in_the_middle_leaves_the_old_file_and_nothing_else()
    {
        var path = _folder.At("model.safetensors");
        File.WriteAllText(path, "the old one");
        TensorInfo[] directory = [TensorInfo.Of("a", ElementType.F32, [1000]), TensorInfo.Of("b", ElementType.F32, [1000])];

        Assert.Throws<InvalidOperationException>(() => SafetensorsWriter.Write(
            path, directory, name => name == "a" ? Sample.Make(ElementType.F32, 1, 1000) : throw new InvalidOperationException("pulled the plug")));

        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
        Assert.Equal("the old one", File.ReadAllText(path));
    }

    [Fact]
    public void Tensor_unlike_its_announcement_is_not_written()
    {
        var path = _folder.At("model.safetensors");

        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(
            path, [TensorInfo.Of("a", ElementType.F32, [3])], _ => Sample.Make(ElementType.F32, 1, 4)));

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Failed_write_is_a_CheckpointException()
    {
        File.WriteAllText(_folder.At("file"), "");

        var error = Assert.Throws<CheckpointException>(
            () => SafetensorsWriter.Write(_folder.At("file", "model.safetensors"), new Dictionary<string, Tensor>()));

        Assert.Contains("cannot be written", error.Message);
    }
}
