namespace FlGlm.Cli.Reports;

/// <summary>A report in Markdown; its plots are files beside it.</summary>
internal static class ReportMarkdown
{
    public static string Of(Report report) => string.Join('\n', Lines(report)) + "\n";

    private static IEnumerable<string> Lines(Report report) =>
    [
        $"# {report.Title}",
        .. report.Notes.SelectMany(note => (string[])["", note]),
        .. report.Tables.SelectMany(table => (string[])["", $"## {table.Title}", "", .. MarkdownTable.Lines(table)]),
        .. report.Plots.SelectMany(plot => (string[])["", $"## {plot.Title}", "", $"![{plot.Title}]({plot.Name}.svg)"]),
    ];
}
