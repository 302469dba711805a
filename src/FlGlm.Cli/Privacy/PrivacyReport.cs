using System.Globalization;
using FlGlm.Cli.Reports;
using FlGlm.Cli.Runs;

namespace FlGlm.Cli.Privacy;

/// <summary>The files of a privacy report: Markdown, one HTML file, CSV and plots.</summary>
internal static class PrivacyReport
{
    /// <summary>Writes them.</summary>
    /// <returns>what they show</returns>
    public static Report Write(IReadOnlyList<(PrivacyCell Cell, PrivacyCellResult Result)> results, PrivacyReportSettings settings, string folder)
    {
        var channels = MeasuredChannel.Of(results, settings.Threshold);
        var report = new Report("What the server can learn, and what it costs to prevent it", [.. Notes(settings)], new PrivacyTables(channels).All, [.. PrivacyPlots.Of(channels, settings.Threshold)]);
        RunFile.Guard(folder, () =>
        {
            foreach (var plot in report.Plots)
                RunFile.Replace(Path.Combine(folder, $"{plot.Name}.svg"), plot.Svg);
            RunFile.Replace(Path.Combine(folder, "report.md"), ReportMarkdown.Of(report));
            RunFile.Replace(Path.Combine(folder, "report.html"), ReportHtml.Of(report));
            RunFile.Replace(Path.Combine(folder, "report.csv"), PrivacyCsv.Of(results, channels));
        }, "--out");
        return report;
    }

    private static IEnumerable<string> Notes(PrivacyReportSettings settings)
    {
        yield return "Tokens are in percent. The server sees four tensors of a pass: h0 (HiddenUp), hN-2 (HiddenDown), dL/dhN-2 (GradientUp) and dL/dh0 (GradientDown). The constant baseline always guesses the most frequent token.";
        yield return "The positive control is the same attack on the embedding alone, and must be 20 points above the baseline; the negative control is trained on shuffled tokens, and must not be above it.";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"A channel is called measured below the threshold if an attack on it has controls that hold, and the 95 % interval of every attack ends less than {100 * settings.Threshold:0.##} points above the baseline, which was fixed beforehand. Other attacks, more steps or more rows may find more; the attacks here know of the defence, but neither its secret nor what the head has learnt.");
        yield return "No verdict covers lengths, counts and what else the server learns of a run; attacks.md in each cell's folder has those lines, and every attack.";
        yield return "What is lost is the metric's points, or without a metric the increase of the validation loss, against the run without a defence at the same depth.";
    }
}
