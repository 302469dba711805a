using System.Globalization;
using FlGlm.Cli.CommandLine;
using FlGlm.Client.Data;

namespace FlGlm.Cli.Runs;

/// <summary>A partition as lines of text: a row for each part, with its rows of each label, and a mark at this client's.</summary>
internal static class PartitionTable
{
    private const string OwnMark = "  <- this client";

    public static IEnumerable<string> Lines(Partition partition)
    {
        string[][] rows = [["part", "rows", "examples", .. partition.Labels], .. partition.Parts.Select(Cells)];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        yield return Title(partition);
        foreach (var (index, row) in rows.Index())
            yield return string.Join("  ", row.Select((cell, column) => cell.PadLeft(widths[column]))) + (index == partition.Settings.Index ? OwnMark : "");
        if (partition.Unused > 0)
            yield return Text($"{partition.Unused} row(s) are in no part");
    }

    private static string Title(Partition partition)
    {
        var settings = partition.Settings;
        var how = settings.By switch
        {
            PartitionMethod.Dirichlet => Text($" with alpha {settings.Alpha} {(partition.Labels.Count > 0 ? "over each label" : "over all rows, which are not told apart by a label")}, seed {settings.Seed}"),
            PartitionMethod.Files => "",
            _ => Text($", seed {settings.Seed}"),
        };
        return Text($"partition: {partition.Rows} rows by {EnumWords.Of(settings.By)}{how}; sha256 {partition.Sha256}");
    }

    private static string[] Cells(PartitionPart part) => [.. new[] { part.Number, part.Rows, part.Examples }.Concat(part.Labels).Select(number => Text($"{number}"))];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
