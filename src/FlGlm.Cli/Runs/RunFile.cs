using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Runs;

/// <summary>Files of a run directory: what the disk refuses is said in one line, under the key that names another place.</summary>
internal static class RunFile
{
    public static void Guard(string path, Action work) => Guard(path, () =>
    {
        work();
        return true;
    });

    /// <exception cref="ConfigurationException">The disk refuses.</exception>
    public static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException("run.directory", $"'{path}' cannot be written ({e.Message.TrimEnd('.')}); make room, or name a folder that can.");
        }
    }
}
