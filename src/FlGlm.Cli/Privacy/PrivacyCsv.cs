using System.Globalization;
using CsvHelper;

namespace FlGlm.Cli.Privacy;

/// <summary>A row for each attack of each cell, with all digits; shares are of 1.</summary>
internal static class PrivacyCsv
{
    private static readonly string[] Columns =
    [
        "cell", "head", "defence", "strength", "attack_steps", "attack_rows", "validation_loss", "metric", "channel", "channel_verdict", "attack", "top_1", "low", "high", "top_5", "baseline", "positive", "positive_holds",
        "negative", "negative_half_width", "negative_holds", "tokens",
    ];

    public static string Of(IReadOnlyList<(PrivacyCell Cell, PrivacyCellResult Result)> results, IReadOnlyList<MeasuredChannel> channels)
    {
        using var text = new StringWriter { NewLine = "\n" };
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }))
        {
            csv.WriteRecord(Columns);
            foreach (var (cell, result) in results)
            {
                foreach (var (budget, attack) in result.Attacks.SelectMany(budget => budget.Report.Results.Select(attack => (budget, attack))))
                {
                    var channel = channels.Single(each => (each.Cell.Name, each.Steps, each.Rows, each.Leakage.Channel) == (cell.Name, budget.Steps, budget.Rows, attack.Channel));
                    csv.WriteRecord(
                    [
                        cell.Name, Text(cell.Head), cell.Defence, cell.Strength, Text(budget.Steps), Text(budget.Rows), Text(result.Utility.ValidationLoss), Text(result.Utility.Metrics.Count > 0 ? result.Utility.Metrics.First().Value : null),
                        attack.Channel, PrivacyTables.Words(channel.Leakage.Verdict), attack.Attack, Text(attack.Scores.Top1), Text(attack.Scores.Interval.Low), Text(attack.Scores.Interval.High), Text(attack.Scores.Top5),
                        Text(attack.Baseline), Text(attack.Positive.Top1), Flag(attack.PositiveHolds), Text(attack.Negative.Mean), Text(attack.Negative.HalfWidth), Flag(attack.NegativeHolds), Text(attack.Scores.Tokens),
                    ]);
                }
            }
        }

        return text.ToString();
    }

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Flag(bool value) => value ? "yes" : "no";
}
