using System.Text.Json;
using FlGlm.Client.Data;

namespace FlGlm.Cli.Runs;

/// <summary>data.jsonl: a line per data file of this run, as it was read; the file of an earlier run is replaced.</summary>
internal static class DataLog
{
    /// <summary>Nothing is written where no file was read.</summary>
    public static void Write(RunDirectory directory, IReadOnlyList<DataReport> files)
    {
        var path = Path.Combine(directory.Path, "data.jsonl");
        if (files.Count == 0)
            return;
        RunFile.Guard(path, () => File.WriteAllLines(path, files.SelectMany(Lines)));
    }

    private static IEnumerable<string> Lines(DataReport report) => report.Files.Select((file, index) => JsonSerializer.Serialize(
        new { path = file.Path, bytes = file.Bytes, sha256 = file.Sha256, rows = report.Read, kept = report.Kept, tokens = index == 0 ? report.Tokens : 0 }));
}
