using System.Globalization;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Runs;

/// <summary>The directory of a run's output: config.yaml, data.jsonl, partition.json, metrics.jsonl, tensorboard/, flglm.log, adapter/, privacy/, checkpoints/. One process has it at a time.</summary>
internal sealed class RunDirectory : IDisposable
{
    public const string ConfigName = "config.yaml";
    public const string MetricsName = "metrics.jsonl";
    public const string ValidationName = "validation.jsonl";
    private const string CheckpointsName = "checkpoints";

    private readonly bool _isNew;
    private readonly RunLock? _lock;

    /// <summary>The run directory of which this is the folder of one process; null = it is the whole.</summary>
    private readonly string? _whole;
    private bool _isKept;
    private string? _config;

    private RunDirectory(string path, bool isNew, bool isOwn = true, string? whole = null) => (Path, _isNew, _lock, _whole) = (path, isNew, isOwn ? new RunLock(path) : null, whole);

    public string Path { get; }

    public string ConfigPath => System.IO.Path.Combine(Path, ConfigName);

    public string MetricsPath => System.IO.Path.Combine(Path, MetricsName);

    /// <summary>The folder of TensorBoard's files; not created here.</summary>
    public string TensorBoardPath => System.IO.Path.Combine(Path, "tensorboard");

    public string LogPath => System.IO.Path.Combine(Path, "flglm.log");

    /// <summary>The trained adapter (or, with <c>peft.method: none</c>, the checkpoint); not created here.</summary>
    public string AdapterPath => System.IO.Path.Combine(Path, "adapter");

    /// <summary>The secret of the client's noise and the count of its releases; not created here.</summary>
    public string PrivacyPath => PrivacyIn(Path);

    /// <summary>The checkpoints, from which the run can be resumed.</summary>
    public string CheckpointsPath => CheckpointsIn(Path);

    /// <summary>The checkpoints of the run in a directory.</summary>
    public static string CheckpointsIn(string path) => System.IO.Path.Combine(path, CheckpointsName);

    /// <summary>The secret and the count of releases of the run in a directory.</summary>
    public static string PrivacyIn(string path) => System.IO.Path.Combine(path, "privacy");

    /// <summary>Creates the directory that <paramref name="settings"/> names, or a new <c>runs/COMMAND-TIMESTAMP</c>.</summary>
    /// <exception cref="ConfigurationException">It cannot be created, or another process has it.</exception>
    /// <param name="parent">The folder of new directories.</param>
    /// <param name="part">The folder in the directory that this process has, where a run has several; the directory must be named then.</param>
    public static RunDirectory Create(RunSettings settings, string command, TimeProvider time, string parent = "runs", string part = "")
    {
        if (part.Length > 0 && settings.Directory.Length == 0)
            throw new ConfigurationException("run.directory", $"Several servers have a folder each in one run directory (this one: {part}); name it.");
        return settings.Directory.Length > 0
            ? Make(System.IO.Path.Combine(settings.Directory, part), whole: part.Length > 0 ? settings.Directory : null)
            : Fresh(command, time, parent);
    }

    /// <summary>The folder in a run directory of one of several servers.</summary>
    public static string NameOfRank(int rank) => string.Create(CultureInfo.InvariantCulture, $"rank-{rank}");

    /// <summary>The folders of the servers in a run directory, by rank; none where a run has one server.</summary>
    public static IReadOnlyList<string> RanksIn(string path) =>
        [.. Enumerable.Range(0, int.MaxValue).Select(rank => System.IO.Path.Combine(path, NameOfRank(rank))).TakeWhile(Directory.Exists)];

    /// <summary>A run directory inside this one, for one of several clients.</summary>
    public RunDirectory Under(string name) => Make(System.IO.Path.Combine(Path, name), isOwn: false);

    /// <summary>Writes the resolved configuration; loading it repeats the run. That of an earlier run stays until <see cref="Keep"/>.</summary>
    public void WriteConfig(FlGlmConfig config)
    {
        _config = ConfigWriter.Write(config);
        if (_isNew || !File.Exists(ConfigPath))
            WriteConfig();
        else
            RunFile.Guard(ConfigPath, () => File.OpenWrite(ConfigPath).Dispose());
    }

    /// <summary>Whether there are no checkpoints to go on with.</summary>
    /// <param name="resume">whether the run may go on with some</param>
    /// <exception cref="ConfigurationException">There are some, and it may not.</exception>
    public bool IsUnused(bool resume) => CheckpointSummary.IsUnused(CheckpointsPath, resume);

    /// <summary>Removes hidden folders in which a process that was killed was writing results. Called before the run begins: nobody writes here then.</summary>
    public void RemoveUnfinished()
    {
        foreach (var unfinished in Directory.GetDirectories(Path, ".adapter*.tmp").Concat(Directory.GetDirectories(Path, "adapter*").SelectMany(folder => Directory.GetDirectories(folder, ".*.tmp"))))
        {
            try
            {
                Directory.Delete(unfinished, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It stays, and harms nothing.
            }
        }
    }

    /// <summary>Called when model and data are loaded: from now on the directory is kept, also after an error.</summary>
    public void Keep()
    {
        _isKept = true;
        WriteConfig();
    }

    /// <summary>Deletes the directory if the run failed before <see cref="Keep"/>, unless it existed before.</summary>
    public void DiscardUnlessKept()
    {
        Dispose();
        if (!_isNew || _isKept)
            return;
        Directory.Delete(Path, recursive: true);
        if (_whole is not null)
            DeleteIfEmpty(_whole);
    }

    /// <summary>Lets another process have it.</summary>
    public void Dispose() => _lock?.Dispose();

    private void WriteConfig()
    {
        if (_config is { } text)
            RunFile.Guard(ConfigPath, () => File.WriteAllText(ConfigPath, text));
        _config = null;
    }

    private static void DeleteIfEmpty(string path)
    {
        try
        {
            Directory.Delete(path);
        }
        catch (IOException)
        {
            // Another process has its folder in it, or has deleted it.
        }
    }

    private static RunDirectory Fresh(string command, TimeProvider time, string parent)
    {
        var stem = System.IO.Path.Combine(parent, $"{command}-{time.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}");
        var path = Enumerable.Range(2, int.MaxValue - 2).Select(n => $"{stem}-{n}").Prepend(stem).First(candidate => RunFile.Guard(candidate, () => TryClaim(candidate)));
        return new RunDirectory(path, isNew: true);
    }

    /// <summary>Creates a directory of this run alone. Its config.yaml decides: of several processes, only one can create that file.</summary>
    /// <returns>false where another run has the directory</returns>
    private static bool TryClaim(string path)
    {
        if (Directory.Exists(path))
            return false;
        var claim = System.IO.Path.Combine(Directory.CreateDirectory(path).FullName, ConfigName);
        try
        {
            using var file = new FileStream(claim, FileMode.CreateNew);
            return true;
        }
        catch (IOException) when (File.Exists(claim) || !Directory.Exists(path))
        {
            return false;
        }
    }

    private static RunDirectory Make(string path, bool isOwn = true, string? whole = null)
    {
        var isNew = !Directory.Exists(path);
        RunFile.Guard(path, () => Directory.CreateDirectory(path));
        return new RunDirectory(path, isNew, isOwn, whole);
    }
}
