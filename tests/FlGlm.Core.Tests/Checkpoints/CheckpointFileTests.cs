using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Checkpoints;

public sealed class CheckpointFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Bytes_that_are_being_read_stay_mapped_when_the_file_is_closed()
    {
        var file = new CheckpointFile(_folder.Write("one", "ten bytes."));
        using var bytes = file.Map();

        file.Dispose();

        Assert.True(bytes.Slice(0, 10).SequenceEqual("ten bytes."u8));
    }

    [Fact]
    public void A_file_that_becomes_shorter_while_it_is_read_is_named()
    {
        var path = _folder.At("one.safetensors");
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["a"] = Sample.Make(ElementType.F32, 1, 4) });
        using var file = new SafetensorsReader(path);
        using (var other = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            other.SetLength(other.Length - 8);

        var error = Assert.Throws<CheckpointException>(() => file.CopyBytes(file.Tensors["a"], 0, new byte[16]));

        Assert.Equal($"'{path}' has become shorter while it was read. Copy or download it again.", error.Message);
    }

    [Fact]
    public void A_closed_file_cannot_be_read()
    {
        SafetensorsWriter.Write(_folder.At("one.safetensors"), new Dictionary<string, Tensor> { ["a"] = Sample.Make(ElementType.F32, 1, 4) });
        var file = new SafetensorsReader(_folder.At("one.safetensors"));
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.CopyBytes(file.Tensors["a"], 0, new byte[16]));
    }

    [Fact]
    public async Task A_checkpoint_is_read_whole_while_another_thread_closes_its_files()
    {
        var spec = new TinyLlama { Vocabulary = 4096 };
        using var checkpoint = HfCheckpoint.Open(spec.Write(_folder.Path));
        using var done = new CancellationTokenSource();
        var closing = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                checkpoint.CloseFiles();
        });
        using var scope = NewDisposeScope();
        var name = spec.Family.EmbeddingName;
        var expected = Sample.Show(checkpoint.Read(name, [4096, spec.Hidden], "test"));
        for (var read = 0; read < 100; read++)
            Assert.Equal(expected, Sample.Show(checkpoint.Read(name, [4096, spec.Hidden], "test")));

        await done.CancelAsync();
        await closing;
    }
}
