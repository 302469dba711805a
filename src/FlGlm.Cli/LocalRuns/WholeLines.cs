using System.Text;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.LocalRuns;

/// <summary>The lines of a file that another process may be writing.</summary>
internal static class WholeLines
{
    /// <summary>Those that have their end; a last one without is being written, or was cut off.</summary>
    /// <exception cref="DataException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        var text = Text(path);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n')[..^1];
    }

    private static string Text(string path)
    {
        try
        {
            using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.UTF8);
            return file.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, null, $"'{path}' cannot be read ({e.Message.TrimEnd('.')}); name another directory.", e);
        }
    }
}
