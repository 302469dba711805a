using System.Globalization;
using System.Text;

namespace FlGlm.Privacy.Evaluation;

/// <summary>What each channel tells, as a table.</summary>
public static class ChannelTable
{
    private static readonly string[] Columns = ["channel", "measure", "figure", "95 %", "control", "note"];

    /// <summary>Markdown.</summary>
    public static string Markdown(IEnumerable<ChannelResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var text = new StringBuilder();
        text.AppendLine($"| {string.Join(" | ", Columns)} |");
        text.AppendLine("|---|---|---:|---:|---:|---|");
        foreach (var result in results)
            text.AppendLine($"| {string.Join(" | ", Cells(result))} |");
        return text.ToString();
    }

    /// <summary>Comma-separated values.</summary>
    public static string Csv(IEnumerable<ChannelResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return string.Concat(results.Select(Cells).Prepend(Columns).Select(line => string.Join(',', line.Select(Quoted)) + "\n"));
    }

    private static string[] Cells(ChannelResult result) =>
    [
        result.Channel, result.Measure, Number(result.Value), result.Interval is { } interval ? $"{Number(interval.Low)} to {Number(interval.High)}" : "", Number(result.Control), result.Note,
    ];

    private static string Quoted(string cell) => cell.Contains(',', StringComparison.Ordinal) ? $"\"{cell}\"" : cell;

    private static string Number(double? value) => value?.ToString("F3", CultureInfo.InvariantCulture) ?? "";
}
