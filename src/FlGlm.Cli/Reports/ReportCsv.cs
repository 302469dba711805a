using System.Globalization;
using CsvHelper;
using FlGlm.Cli.LocalRuns;

namespace FlGlm.Cli.Reports;

/// <summary>A row for each run and step, with all digits; the validation before the first step has a row of its own.</summary>
internal static class ReportCsv
{
    public static string Of(IReadOnlyList<ReportRun> runs)
    {
        List<string> legs = [.. runs.SelectMany(run => run.Steps[0].Seconds.Keys).Distinct()];
        List<string> metrics = [.. runs.SelectMany(run => run.Metrics).Distinct()];
        using var text = new StringWriter { NewLine = "\n" };
        using (var csv = CsvWriter.Create(text, new CsvWriterOptions { NewLine = "\n" }))
        {
            csv.WriteRecord(["run", "step", "round", "loss", "lr", "tokens", "bytes_up", "bytes_down", .. legs.Select(leg => $"seconds_{leg}"), "validation_loss", .. metrics]);
            foreach (var run in runs)
            {
                var steps = run.Steps.ToLookup(step => step.Step);
                var validations = run.Validations.ToLookup(validation => validation.Step);
                foreach (var number in steps.Select(same => same.Key).Union(validations.Select(same => same.Key)).Order())
                    csv.WriteRecord([run.Name, Text(number), .. Step(steps[number].LastOrDefault(), legs), .. Validation(validations[number].LastOrDefault(), metrics)]);
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string> Step(RecordedStep? step, IReadOnlyList<string> legs) => step is null
        ? Enumerable.Repeat("", 6 + legs.Count)
        :
        [
            Text(step.Round), step.Loss.ToString("R", CultureInfo.InvariantCulture), Text(step.Lr), Text(step.Tokens), Text(step.BytesUp), Text(step.BytesDown),
            .. legs.Select(leg => step.Seconds.TryGetValue(leg, out var seconds) ? Text(seconds) : ""),
        ];

    private static IEnumerable<string> Validation(RecordedValidation? validation, IEnumerable<string> metrics) =>
        [validation is null ? "" : Text(validation.Loss), .. metrics.Select(metric => validation?.Metrics?.TryGetValue(metric, out var value) == true ? Text(value) : "")];

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
