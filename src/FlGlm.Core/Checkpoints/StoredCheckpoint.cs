using System.Security.Cryptography;
using System.Text.Json;
using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Core.Checkpoints;

/// <summary>One checkpoint of a run whose hashes are those that were written: <c>state.json</c> has its state and the hash of every other file.</summary>
internal sealed class StoredCheckpoint
{
    private const string StateName = "state.json";
    private const int Format = 1;
    private readonly string _directory;
    private readonly JsonElement _state;

    private StoredCheckpoint(string directory, JsonElement state) => (_directory, _state) = (directory, state);

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is.</summary>
    public string Path => _directory;

    /// <summary>The names of its files of tensors.</summary>
    public required IReadOnlyCollection<string> Files { get; init; }

    /// <summary>The state that was written with it.</summary>
    /// <exception cref="CheckpointException">It is the state of something else.</exception>
    public T State<T>()
    {
        try
        {
            return _state.Deserialize<T>() ?? throw new JsonException("It is empty.");
        }
        catch (JsonException e)
        {
            throw new CheckpointException(_directory, $"The checkpoint '{_directory}' has another state than a {typeof(T).Name}: {e.Message}", inner: e);
        }
    }

    /// <summary>The state that this side has written.</summary>
    /// <exception cref="CheckpointException">Another side has written it.</exception>
    public T State<T>(string side)
        where T : RunProgress
    {
        var written = State<RunProgress>().Side;
        return written == side ? State<T>() : throw new CheckpointException(_directory, $"The checkpoint '{_directory}' is of `{written}`, not of `{side}`.");
    }

    /// <summary>The tensors of a file; the caller disposes them.</summary>
    /// <exception cref="CheckpointException">It has no such file.</exception>
    public IReadOnlyDictionary<string, Tensor> Read(string file)
    {
        if (!Files.Contains(file))
            throw new CheckpointException(_directory, $"The checkpoint '{_directory}' has no '{file}': it is of another side or strategy.");
        using var stored = new SafetensorsReader(FileIn(_directory, file));
        return stored.Tensors.Keys.ToDictionary(name => name, name => stored.Read(name).DetachFromDisposeScope(), StringComparer.Ordinal);
    }

    internal static string FileIn(string directory, string file) => System.IO.Path.Combine(directory, $"{file}.safetensors");

    /// <summary>Whether a directory is a checkpoint, whole or not.</summary>
    internal static bool IsAt(string directory) => File.Exists(System.IO.Path.Combine(directory, StateName));

    internal static string HashOfState(string directory) => HashOf(System.IO.Path.Combine(directory, StateName));

    internal static void WriteState(string directory, object state, IEnumerable<string> files) => JsonFile.Write(
        System.IO.Path.Combine(directory, StateName),
        new Content(Format, files.ToDictionary(file => file, file => HashOf(FileIn(directory, file))), JsonSerializer.SerializeToElement(state, state.GetType())));

    /// <param name="hash">of its state, as the index has it</param>
    /// <exception cref="CheckpointException">A file of it is missing, torn or changed.</exception>
    internal static StoredCheckpoint Open(string name, string directory, string hash)
    {
        var path = System.IO.Path.Combine(directory, StateName);
        Expect(path, hash);
        var content = ReadContent(path);
        foreach (var (file, own) in content.Files)
            Expect(FileIn(directory, file), own);
        return new StoredCheckpoint(directory, content.State) { Name = name, Files = [.. content.Files.Keys] };
    }

    private static Content ReadContent(string path)
    {
        try
        {
            if (JsonFile.ReadObject(path).Deserialize<Content>() is { Format: Format, Files: not null } content)
                return content;
        }
        catch (JsonException)
        {
            // Of a version whose fields are others.
        }

        throw new CheckpointException(path, $"'{path}' is of another version of this program.");
    }

    private static void Expect(string path, string hash)
    {
        if (!File.Exists(path))
            throw new CheckpointException(path, $"The checkpoint's '{path}' is missing.");
        if (HashOf(path) != hash)
            throw new CheckpointException(path, $"The checkpoint's '{path}' is torn, or has been changed: its SHA-256 is not the one that was written.");
    }

    private static string HashOf(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"The checkpoint's '{path}' cannot be read: {e.Message}", inner: e);
        }
    }

    private sealed record Content(int Format, IReadOnlyDictionary<string, string> Files, JsonElement State);
}
