using System.Text;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Runs;

/// <summary>Turns errors while writing files of a run directory into a problem of the key that names it.</summary>
internal static class RunFile
{
    private const string Key = "run.directory";

    /// <inheritdoc cref="Guard{T}"/>
    public static void Guard(string path, Action work, string key = Key) => Guard(
        path,
        () =>
        {
            work();
            return true;
        },
        key);

    /// <param name="key">what names the folder, for messages</param>
    /// <exception cref="ConfigurationException">The file cannot be written.</exception>
    public static T Guard<T>(string path, Func<T> work, string key = Key)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(key, $"'{path}' cannot be written ({e.Message.TrimEnd('.')}); free some disk space, or name another folder.");
        }
    }

    /// <summary>Writes a file whole or not at all: one that is there is replaced at the end.</summary>
    public static void Replace(string path, string text)
    {
        File.WriteAllText(path + ".tmp", text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.Move(path + ".tmp", path, overwrite: true);
    }
}
