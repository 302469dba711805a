namespace FlGlm.Cli.Reports;

/// <summary>A table of a report.</summary>
/// <param name="Header">The names of the columns.</param>
/// <param name="Rows">A cell for each column.</param>
internal sealed record ReportTable(string Title, IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows);
