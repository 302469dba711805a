using System.Text.Json;
using System.Text.Json.Serialization;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Simulation;

/// <summary>The folder of a grid of runs: its configuration, a folder of each cell, and the results. A later start goes on with it.</summary>
internal sealed class GridFolder : IDisposable
{
    private const string ResultName = "result.json";
    private static readonly JsonSerializerOptions Form = new(JsonLines.Readable) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
    private readonly RunLock _lock;

    private GridFolder(string path) => (Path, _lock) = (path, new RunLock(path, "--out"));

    public string Path { get; }

    /// <summary>Creates a folder, or opens one of the same configuration.</summary>
    /// <exception cref="ConfigurationException">It holds something else, or another configuration, or another process has it.</exception>
    public static GridFolder Open(string path, FlGlmConfig config)
    {
        var file = System.IO.Path.Combine(path, RunDirectory.ConfigName);
        if (File.Exists(file))
            ExpectSame(path, ConfigFile.Load<FlGlmConfig>(file, [], sections: []).Settings, config);
        else if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(entry => System.IO.Path.GetFileName(entry) != "lock"))
            throw new ConfigurationException("--out", $"'{path}' is not empty and holds no grid of runs; name a new folder.");
        RunFile.Guard(path, () => Directory.CreateDirectory(path));
        var folder = new GridFolder(path);
        RunFile.Guard(file, () => File.WriteAllText(file, ConfigWriter.Write(config)));
        return folder;
    }

    /// <summary>The result of a cell; null where it has not ended.</summary>
    public T? Read<T>(string cell)
        where T : class
    {
        var path = System.IO.Path.Combine(PathOf(cell), ResultName);
        return File.Exists(path) ? JsonSerializer.Deserialize<T>(File.ReadAllText(path), Form) : null;
    }

    /// <summary>The folder of a cell, without what an earlier start has left in it.</summary>
    public string Begin(string cell)
    {
        var path = PathOf(cell);
        RunFile.Guard(path, () =>
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
        });
        return path;
    }

    /// <summary>Keeps a result: from now on the cell has ended.</summary>
    public void Write<T>(string cell, T result)
    {
        var path = System.IO.Path.Combine(PathOf(cell), ResultName);
        RunFile.Guard(path, () =>
        {
            File.WriteAllText(path + ".tmp", JsonSerializer.Serialize(result, Form) + "\n");
            File.Move(path + ".tmp", path, overwrite: true);
        });
    }

    /// <summary>Lets another process have it.</summary>
    public void Dispose() => _lock.Dispose();

    private static void ExpectSame(string path, FlGlmConfig there, FlGlmConfig here)
    {
        var differences = ConfigWriter.Differences(there with { Web = here.Web }, here);
        if (differences.Count > 0)
        {
            throw new ConfigurationException(
                [.. differences.Select(each => new Problem(each.Key, $"is {each.Second}, and the grid in '{path}' has {each.First}; the same, or another --out."))]);
        }
    }

    private string PathOf(string cell) => System.IO.Path.Combine(Path, cell);
}
