using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Runs;

/// <summary>Turns errors while writing files of a run directory into a problem of the key <c>run.directory</c>.</summary>
internal static class RunFile
{
    public static void Guard(string path, Action work) => Guard(path, () =>
    {
        work();
        return true;
    });

    /// <exception cref="ConfigurationException">The file cannot be written.</exception>
    public static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException("run.directory", $"'{path}' cannot be written ({e.Message.TrimEnd('.')}); free some disk space, or name another folder.");
        }
    }
}
