namespace FlGlm.Cli.Reports;

/// <summary>Tables in Markdown.</summary>
internal static class MarkdownTable
{
    /// <summary>A row; a bar in a cell is one of its text.</summary>
    public static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |";

    /// <summary>A table whose first column is text and whose other columns are figures.</summary>
    public static IEnumerable<string> Lines(ReportTable table) =>
        [Row(table.Header), Row(table.Header.Select((_, column) => column == 0 ? "---" : "---:")), .. table.Rows.Select(Row)];
}
