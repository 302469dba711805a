using System.IO.Compression;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Checkpoints;

public sealed class TorchBinReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string File1 => _folder.At("pytorch_model.bin");

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public void Dictionary_of_tensors_as_the_ptuning_trainer_saves_it_is_read()
    {
        using var file = new TorchBinReader(SharedFolder.At("fixtures", "glm1", "ptuning", "pytorch_model.bin"));
        using var expected = new SafetensorsReader(SharedFolder.At("fixtures", "glm1", "io_prefix.safetensors"));

        Assert.Equal(
            Sample.Show(expected.Read("prefix.embedding.weight")),
            Sample.Show(file.Read("transformer.prefix_encoder.embedding.weight")));
    }

    [Theory]
    [InlineData("DoubleStorage", ElementType.F64)]
    [InlineData("FloatStorage", ElementType.F32)]
    [InlineData("HalfStorage", ElementType.F16)]
    [InlineData("BFloat16Storage", ElementType.BF16)]
    [InlineData("LongStorage", ElementType.I64)]
    [InlineData("IntStorage", ElementType.I32)]
    [InlineData("ShortStorage", ElementType.I16)]
    [InlineData("CharStorage", ElementType.I8)]
    [InlineData("ByteStorage", ElementType.U8)]
    [InlineData("BoolStorage", ElementType.Bool)]
    public void Every_storage_type_is_read(string storage, ElementType type)
    {
        var tensor = Sample.Make(type, 1, 2, 3);
        WriteOne(p => p.Tensor(storage, "0", 6, 0, [2, 3], [3, 1]), tensor.bytes.ToArray());

        Assert.Equal(Sample.Show(tensor), ReadOne());
    }

    [Theory]
    [InlineData(4, new long[] { 2, 3 }, new long[] { 3, 1 }, "040506070809")]
    [InlineData(0, new long[] { 3, 2 }, new long[] { 1, 3 }, "000301040205")]
    [InlineData(1, new long[] { 2, 2 }, new long[] { 6, 2 }, "01030709")]
    [InlineData(11, new long[] { 1, 1 }, new long[] { 99, 99 }, "0B")]
    [InlineData(7, new long[] { }, new long[] { }, "07")]
    [InlineData(0, new long[] { 2, 0 }, new long[] { 1, 1 }, "")]
    public void Views_of_a_storage_may_start_inside_and_skip(long offset, long[] shape, long[] strides, string expected)
    {
        byte[] storage = [.. Enumerable.Range(0, 12).Select(i => (byte)i)];
        WriteOne(p => p.Tensor("ByteStorage", "0", 12, offset, shape, strides), storage);

        Assert.Equal($"U8 [{string.Join(", ", shape)}] {expected}", ReadOne());
    }

    [Theory]
    [InlineData(new long[] { 2, 6 }, new long[] { 6, 1 })]
    [InlineData(new long[] { 6, 2 }, new long[] { 1, 6 })]
    public void A_file_that_has_become_shorter_is_named_however_a_tensor_lies_in_it(long[] shape, long[] strides)
    {
        WriteOne(p => p.Tensor("ByteStorage", "0", 12, 0, shape, strides), new byte[12]);
        using var file = new TorchBinReader(File1);
        using (var other = new FileStream(File1, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            other.SetLength(4);

        var error = Assert.Throws<CheckpointException>(() => file.Read("w"));

        Assert.Equal($"'{File1}' has become shorter while it was read. Copy or download it again.", error.Message);
    }

    [Fact]
    public void Two_tensors_may_share_a_storage()
    {
        var pickle = new PickleWriter().Op('}').Op('(')
            .Text("embedding").Tensor("ByteStorage", "0", 4, 0, [4], [1])
            .Text("head").Tensor("ByteStorage", "0", 4, 2, [2], [1])
            .Op('u').Stop();
        TorchBin.Write(File1, pickle, ("data/0", [1, 2, 3, 4]));

        using var file = new TorchBinReader(File1);

        Assert.Equal(["U8 [4] 01020304", "U8 [2] 0304"], Sample.Show(file).Values);
    }

    [Fact]
    public void Parameters_are_tensors_and_metadata_is_ignored()
    {
        var pickle = new PickleWriter().OrderedDict()
            .Text("weight").Global("torch._utils", "_rebuild_parameter")
            .Op('(').Tensor("ByteStorage", "0", 2, 0, [2], [1]).Op(0x88).OrderedDict().Op('t').Op('R').Op('s')
            .Op('}').Text("_metadata").OrderedDict().Op('s').Op('b').Stop();
        TorchBin.Write(File1, pickle, ("data/0", [1, 2]));

        using var file = new TorchBinReader(File1);

        Assert.Equal(["U8 [2] 0102"], Sample.Show(file).Values);
    }

    [Fact]
    public void Foreign_global_is_refused_by_name()
    {
        TorchBin.Write(File1, new PickleWriter().Global("os", "system").Text("echo owned").Op(0x85).Op('R').Stop());
        AssertRefused("foreign pickle global 'os.system'");
    }

    [Theory]
    [InlineData('G', "opcode BinFloat")]
    [InlineData(']', "opcode EmptyList")]
    [InlineData('i', "opcode Inst")]
    [InlineData('P', "opcode PersId")]
    [InlineData((char)0x81, "opcode NewObj")]
    [InlineData((char)0x93, "opcode StackGlobal")]
    [InlineData((char)0xff, "opcode 0xff")]
    public void Foreign_opcode_is_refused_by_name(char op, string name)
    {
        TorchBin.Write(File1, new PickleWriter().Op(op).Stop());
        AssertRefused($"foreign pickle {name}");
    }

    [Fact]
    public void Content_that_is_no_dictionary_of_tensors_is_refused()
    {
        TorchBin.Write(File1, new PickleWriter().Integer(7).Stop());
        AssertRefused("no dictionary of tensors");
        TorchBin.Write(File1, new PickleWriter().Op('}').Text("epoch").Integer(7).Op('s').Stop());
        AssertRefused("value under 'epoch'");
        TorchBin.Write(File1, new PickleWriter().Op('}').Integer(7).Integer(7).Op('s').Stop());
        AssertRefused("key that is no string");
        TorchBin.Write(File1, new PickleWriter().Global("collections", "OrderedDict").Integers(1).Op('R').Stop());
        AssertRefused("call of OrderedDict");
        TorchBin.Write(File1, new PickleWriter().Integers(1, 2).Op('Q').Stop());
        AssertRefused("persistent id");
    }

    [Theory]
    [InlineData(new byte[] { }, "early end")]
    [InlineData(new byte[] { (byte)'R' }, "empty stack")]
    [InlineData(new byte[] { (byte)'u' }, "missing mark")]
    [InlineData(new byte[] { (byte)'h', 9 }, "unset memo 9")]
    [InlineData(new byte[] { (byte)'X', 255, 255, 255, 255 }, "early end")]
    [InlineData(new byte[] { (byte)'X', 1, 0, 0, 0, 0xff }, "not UTF-8")]
    [InlineData(new byte[] { (byte)'X', 1, 0, 0, 0, 0x1b }, "control characters")]
    [InlineData(new byte[] { (byte)'c', (byte)'o', (byte)'s' }, "early end")]
    public void Damaged_pickle_is_refused(byte[] ops, string why)
    {
        TorchBin.Write(File1, new PickleWriter().Op(ops).Stop()[..^1]);
        AssertRefused(why);
    }

    [Fact]
    public void Endless_stack_is_refused()
    {
        TorchBin.Write(File1, new PickleWriter().Op([.. Enumerable.Repeat((byte)'}', 100_000)]).Stop());
        AssertRefused("stack that is too deep");
    }

    [Fact]
    public void Pickle_of_another_protocol_is_refused()
    {
        TorchBin.Write(File1, [0x80, 4, (byte)'}', (byte)'.']);
        AssertRefused("protocol 4");
    }

    [Theory]
    [InlineData(4, 0, new long[] { 5 }, new long[] { 1 })]
    [InlineData(400, 0, new long[] { 5 }, new long[] { 1 })]
    [InlineData(4, 1, new long[] { 4 }, new long[] { 1 })]
    [InlineData(4, -1, new long[] { 1 }, new long[] { 1 })]
    [InlineData(4, 0, new long[] { 2, 2 }, new long[] { 3, 1 })]
    [InlineData(4, 0, new long[] { 2, 2 }, new long[] { long.MaxValue, long.MaxValue })]
    [InlineData(4, 3, new long[] { 2 }, new long[] { -1 })]
    [InlineData(4, 0, new long[] { 1L << 40 }, new long[] { 0 })]
    [InlineData(4, 0, new long[] { long.MaxValue, 8 }, new long[] { 0, 0 })]
    [InlineData(4, 0, new long[] { 2 }, new long[] { })]
    public void View_outside_its_storage_is_refused(long count, long offset, long[] shape, long[] strides)
    {
        WriteOne(p => p.Tensor("ByteStorage", "0", count, offset, shape, strides), [1, 2, 3, 4]);
        AssertRefused("does not fit into its storage");
    }

    [Fact]
    public void Missing_storage_is_named()
    {
        TorchBin.Write(File1, new PickleWriter().Op('}').Text("w").Tensor("ByteStorage", "17", 1, 0, [1], [1]).Op('s').Stop());
        AssertRefused("storage '17', which is missing");
    }

    [Fact]
    public void Archive_that_PyTorch_would_not_write_is_refused()
    {
        var pickle = new PickleWriter().Op('}').Stop();
        File.WriteAllBytes(File1, pickle);
        AssertRefused("not a zip archive");
        TorchBin.Write(File1, CompressionLevel.Optimal, [.. pickle, .. new byte[500]]);
        AssertRefused("compressed");
        TorchBin.Write(File1, pickle, ("byteorder", "big"u8.ToArray()));
        AssertRefused("big-endian");
        TorchBin.Write(File1, new byte[5_000_000]);
        AssertRefused("too many for a list of tensors");
        TorchBin.Write(File1, pickle, ("data.pkl", pickle));
        AssertRefused("appears twice");
    }

    [Fact]
    public void Truncated_archive_is_refused()
    {
        WriteOne(p => p.Tensor("ByteStorage", "0", 4, 0, [4], [1]), [1, 2, 3, 4]);
        var whole = File.ReadAllBytes(File1);
        for (var length = 1; length < whole.Length; length++)
        {
            var part = _folder.At($"{length}.bin");
            File.WriteAllBytes(part, whole[..length]);
            Assert.Throws<CheckpointException>(() => new TorchBinReader(part));
        }
    }

    private void WriteOne(Func<PickleWriter, PickleWriter> tensor, byte[] storage) =>
        TorchBin.Write(File1, tensor(new PickleWriter().Op('}').Text("w")).Op('s').Stop(), ("data/0", storage));

    private string ReadOne()
    {
        using var file = new TorchBinReader(File1);
        return Sample.Show(file.Read("w"));
    }

    private void AssertRefused(string why)
    {
        var error = Assert.Throws<CheckpointException>(() => new TorchBinReader(File1));
        Assert.Contains(why, error.Message);
        Assert.Contains(File1, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
