using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Runs;

/// <summary>A file that a process holds open as long as a run directory is its own; the system lets it go when the process ends, however it ends.</summary>
internal sealed class RunLock : IDisposable
{
    // EWOULDBLOCK of Linux and of macOS, and ERROR_SHARING_VIOLATION
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;

    /// <param name="directory">exists</param>
    /// <param name="key">what names it, for messages</param>
    /// <exception cref="ConfigurationException">Another process has it.</exception>
    public RunLock(string directory, string key = "run.directory")
    {
        var path = Path.Combine(directory, "lock");
        _file = RunFile.Guard(path, () => OpenOrNull(path))
            ?? throw new ConfigurationException(key, $"'{directory}' is in use by another process; wait for its end, or name another directory.");
    }

    public void Dispose() => _file.Dispose();

    private static FileStream? OpenOrNull(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (Held.Contains(e.HResult))
        {
            return null;
        }
    }
}
