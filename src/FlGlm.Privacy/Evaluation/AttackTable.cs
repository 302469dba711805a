using System.Globalization;
using System.Text;

namespace FlGlm.Privacy.Evaluation;

/// <summary>Results as a table, in percent.</summary>
public static class AttackTable
{
    private static readonly string[] Columns =
    [
        "attack", "channel", "top-1", "95 %", "top-5", "exact rows", "ROUGE-1", "ROUGE-2", "ROUGE-L", "BLEU-4", "constant baseline", "positive control", "negative control", "controls", "rows", "tokens", "over seeds",
    ];

    /// <summary>Markdown.</summary>
    public static string Markdown(IEnumerable<AttackResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var text = new StringBuilder();
        text.AppendLine($"| {string.Join(" | ", Columns)} |");
        text.AppendLine($"|{string.Concat(Columns.Select((_, column) => column < 2 ? "---|" : "---:|"))}");
        foreach (var result in results)
            text.AppendLine($"| {string.Join(" | ", Cells(result))} |");
        return text.ToString();
    }

    /// <summary>Comma-separated values.</summary>
    public static string Csv(IEnumerable<AttackResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        string[][] lines = [Columns, .. results.Select(Cells)];
        return string.Concat(lines.Select(line => string.Join(',', line.Select(cell => cell.Contains(',', StringComparison.Ordinal) ? $"\"{cell}\"" : cell)) + "\n"));
    }

    private static string[] Cells(AttackResult result)
    {
        var scores = result.Scores;
        return
        [
            result.Attack, result.Channel, Percent(scores.Top1), $"{Percent(scores.Interval.Low)} to {Percent(scores.Interval.High)}", Percent(scores.Top5), Percent(scores.ExactRows),
            Percent(scores.Rouge1), Percent(scores.Rouge2), Percent(scores.RougeL), Percent(scores.Bleu4), Percent(result.Baseline),
            Percent(result.Positive.Top1), $"{Percent(result.Negative.Mean)} ± {Percent(result.Negative.HalfWidth)}", Controls(result), Number(scores.Rows), Number(scores.Tokens),
            result.Seeds is { } seeds ? $"{Percent(seeds.Mean)} ± {Percent(seeds.HalfWidth)}" : "",
        ];
    }

    private static string Controls(AttackResult result) => (result.PositiveHolds, result.NegativeHolds) switch
    {
        (true, true) => "hold",
        (false, true) => "positive fails",
        (true, false) => "negative fails",
        _ => "both fail",
    };

    private static string Percent(double? share) => (share * 100)?.ToString("F1", CultureInfo.InvariantCulture) ?? "";

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
