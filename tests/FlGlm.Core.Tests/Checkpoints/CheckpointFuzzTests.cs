using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Checkpoints;

/// <summary>A damaged file either is read or causes a <see cref="CheckpointException"/>, with limited memory.</summary>
public sealed class CheckpointFuzzTests : IDisposable
{
    private const int Mutations = 2000;
    private const long MaxAllocatedBytes = 16 << 20;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Damaged_safetensors_never_crash_the_reader()
    {
        var path = _folder.At("fuzz.safetensors");
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor>
        {
            ["model.layers.0.weight"] = Sample.Make(ElementType.F32, 1, 3, 4),
            ["model.layers.1.weight"] = Sample.Make(ElementType.F16, 2, 5),
        });

        Assert.InRange(Fuzz(path, "0123456789[]{},:\"-eEF"u8), Mutations / 2, Mutations);
    }

    [Fact]
    public void Damaged_archives_never_crash_the_unpickler()
    {
        var path = _folder.At("fuzz.bin");
        var pickle = new PickleWriter().OrderedDict().Op('(')
            .Text("a").Tensor("FloatStorage", "0", 12, 0, [3, 4], [4, 1])
            .Text("b").Tensor("HalfStorage", "1", 6, 1, [2, 2], [1, 2])
            .Op('u').Op('}').Text("_metadata").OrderedDict().Op('s').Op('b').Stop();
        TorchBin.Write(path, pickle, ("data/0", new byte[48]), ("data/1", new byte[12]));

        Assert.InRange(Fuzz(path, [.. "().QRXbchqrstu}JKMN"u8, 0x80, 0x85, 0x86, 0x87, 0x8a]), Mutations / 2, Mutations);
    }

    /// <summary>Damages a file in many ways, and reads it after each.</summary>
    /// <returns>How many of the damaged files were refused.</returns>
    private static int Fuzz(string path, ReadOnlySpan<byte> alphabet)
    {
        var whole = File.ReadAllBytes(path);
        var random = new Random(20);
        var refused = 0;
        for (var i = 0; i < Mutations; i++)
        {
            Overwrite(path, Mutate(whole, random, alphabet));
            var before = GC.GetAllocatedBytesForCurrentThread();
            refused += IsRefused(path) ? 1 : 0;
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocatedBytes);
        }

        return refused;
    }

    /// <summary>Written in place: some file systems flush a truncated file first, which takes longer than the test.</summary>
    private static void Overwrite(string path, byte[] bytes)
    {
        using var stream = File.OpenWrite(path);
        stream.Write(bytes);
        stream.SetLength(bytes.Length);
    }

    private static byte[] Mutate(byte[] whole, Random random, ReadOnlySpan<byte> alphabet)
    {
        var bytes = whole.ToList();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes[at] = alphabet[random.Next(alphabet.Length)]; break;
                case 3: bytes.Insert(at, alphabet[random.Next(alphabet.Length)]); break;
                case 4: bytes.RemoveAt(at); break;
            }
        }

        return [.. bytes];
    }

    private static bool IsRefused(string path)
    {
        try
        {
            using var file = TensorFile.Open(path);
            foreach (var name in file.Tensors.Keys)
                file.Read(name).Dispose();
            return false;
        }
        catch (CheckpointException)
        {
            return true;
        }
    }
}
