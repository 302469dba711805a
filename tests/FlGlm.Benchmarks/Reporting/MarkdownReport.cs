using System.Text;
using FlGlm.Benchmarks.Measuring;

namespace FlGlm.Benchmarks.Reporting;

/// <summary>The results as a Markdown file, with the machine, commit and settings that produced them.</summary>
internal static class MarkdownReport
{
    /// <param name="path">its folder is made if missing</param>
    /// <param name="steps">samples behind every median</param>
    /// <param name="loadBefore"><see cref="MachineFacts.Load"/> before the first of them</param>
    public static void Write(string path, IEnumerable<Result> results, int steps, string loadBefore)
    {
        var text = new StringBuilder("# FlGlm benchmarks\n\n");
        foreach (var (name, value) in MachineFacts.Collect(loadBefore))
            text.Append($"- {name}: {value}\n");
        text.Append($"- samples behind every median: {steps}, ours and baseline in turn; warm-up dropped\n\n");
        text.Append("| ratio | case | ours (p50 / p95) | baseline (p50 / p95) | figure | bar | | note |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var result in results)
        {
            string[] cells =
            [
                result.Ratio, result.Case, result.Ours, result.Baseline, result.Figure, result.Bar?.ToString() ?? "", result.Verdict, result.Note,
            ];
            text.Append($"| {string.Join(" | ", cells.Select(cell => cell.Replace('\n', ' ').Replace("|", "\\|", StringComparison.Ordinal)))} |\n");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, text.ToString());
    }
}
