using System.Globalization;
using System.Text;

namespace FlGlm.Client.Evaluation;

/// <summary>Results as a Markdown table.</summary>
internal static class EvaluationTable
{
    /// <summary>One row for each evaluation.</summary>
    public static string Markdown(IReadOnlyList<EvaluationSummary> summaries)
    {
        var text = new StringBuilder("| Task | Words | Split | Questions | Metrics in percent (95 % interval) | Shortened | Empty |\n|---|---|---|---|---|---|---|\n");
        foreach (var summary in summaries)
        {
            var (subject, unlabelled) = (summary.Subject, summary.Unlabelled > 0 ? $" ({summary.Unlabelled} without a right answer)" : "");
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {subject.Task} | {subject.Pattern} | {subject.Split} | {summary.Questions}{unlabelled} | {string.Join("; ", summary.Metrics)} | {summary.Shortened} | {summary.Empty} |\n");
        }

        foreach (var model in summaries.Select(summary => (summary.Subject.Model, summary.Subject.Adapter)).Distinct())
            text.Append(CultureInfo.InvariantCulture, $"\nModel `{model.Model}`{(model.Adapter.Length > 0 ? $", adapter `{model.Adapter}`" : "")}.\n");
        foreach (var segmenter in summaries.Select(summary => summary.Subject.Segmenter).Where(name => name.Length > 0).Distinct())
            text.Append(CultureInfo.InvariantCulture, $"\nWords of Chinese text by {segmenter}.\n");
        return text.ToString();
    }
}
