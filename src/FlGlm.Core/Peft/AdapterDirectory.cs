using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>
/// PEFT adapter directories: <c>adapter_config.json</c>, <c>adapter_model.safetensors</c> (or, read only, <c>adapter_model.bin</c>), and
 /// our own file <c>prefix_encoder.safetensors</c> for a prefix that is trained through a projection.
/// </summary>
public static class AdapterDirectory
{
    private const string ConfigFile = "adapter_config.json";
    private const string WeightsFile = "adapter_model.safetensors";
    private const string PickledWeightsFile = "adapter_model.bin";
    private const string EncoderFile = "prefix_encoder.safetensors";

    /// <summary>Whether a directory holds an <c>adapter_config.json</c>.</summary>
    public static bool IsAt(string directory)
    {
        AtomicDirectory.Recover(directory);
        return File.Exists(Path.Combine(directory, ConfigFile));
    }

    /// <summary>Reads an adapter's configuration.</summary>
    /// <exception cref="CheckpointException">The file is missing or damaged, or asks for what is not supported.</exception>
    public static AdapterConfig ReadConfig(string directory)
    {
        AtomicDirectory.Recover(directory);
        return AdapterConfigFile.Read(Path.Combine(directory, ConfigFile));
    }

    /// <summary>Reads an adapter and checks that its tensors are those that its configuration describes.</summary>
    /// <returns>The adapter, its tensors on the CPU and in the caller's dispose scope.</returns>
    /// <exception cref="CheckpointException">A file is missing or damaged, or asks for what is not supported.</exception>
    public static Adapter Read(string directory) => AtomicDirectory.Read(directory, () =>
    {
        var config = ReadConfig(directory);
        var weights = Weights(directory);
        using (var file = TensorFile.Open(weights))
            AdapterCheck.Check(config, file);

        var encoder = Path.Combine(directory, EncoderFile);
        return new Adapter(config, ReadAll(weights)) { Encoder = File.Exists(encoder) ? ReadAll(encoder) : null };
    });

    /// <summary>Writes an adapter. A reader, or a crash at any moment, finds the directory whole: as it was before, or as it is now.</summary>
    /// <exception cref="CheckpointException">The files cannot be written.</exception>
    public static void Write(string directory, Adapter adapter) => AtomicDirectory.Write(directory, target =>
    {
        SafetensorsWriter.Write(Path.Combine(target, WeightsFile), adapter.Tensors);
        if (adapter.Encoder is not null)
            SafetensorsWriter.Write(Path.Combine(target, EncoderFile), adapter.Encoder);
        else
            File.Delete(Path.Combine(target, EncoderFile));
        AdapterConfigFile.Write(Path.Combine(target, ConfigFile), adapter.Config);
    });

    /// <summary>SHA-256 of its tensors as they are stored. Those of a prefix's part are named with its blocks, since all parts have the same names.</summary>
    internal static IEnumerable<(string Name, byte[] Hash)> Hashes(string directory, TensorHashes hashes, CancellationToken ct)
    {
        var part = ReadConfig(directory) is PrefixAdapterConfig prefix ? prefix.Part : null;
        string[] files = [Weights(directory), Path.Combine(directory, EncoderFile)];
        return files.Where(File.Exists).SelectMany(file => hashes.Of(file, ct))
            .OrderBy(tensor => tensor.Key, StringComparer.Ordinal)
            .Select(tensor => (AdapterPart.Qualify(tensor.Key, part), tensor.Value));
    }

    private static string Weights(string directory)
    {
        var (weights, pickled) = (Path.Combine(directory, WeightsFile), Path.Combine(directory, PickledWeightsFile));
        return !File.Exists(weights) && File.Exists(pickled) ? pickled : weights;
    }

    private static Dictionary<string, Tensor> ReadAll(string path)
    {
        using var file = TensorFile.Open(path);
        return file.Tensors.Keys.ToDictionary(name => name, file.Read);
    }
}
