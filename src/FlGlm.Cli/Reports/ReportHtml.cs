using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace FlGlm.Cli.Reports;

/// <summary>A report as one HTML file that needs no other: the plots are in it, and it follows the reader's light or dark colours.</summary>
internal static partial class ReportHtml
{
    private const string Style =
        """
        :root { color-scheme: light dark; }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem; background: #ffffff; color: #1c2024; }
        h1, h2 { font-weight: 600; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: .3rem .7rem; border-bottom: 1px solid #80889055; text-align: right; }
        td { white-space: nowrap; }
        th:first-child, td:first-child { text-align: left; }
        svg { max-width: 100%; height: auto; }
        @media (prefers-color-scheme: dark) { body { background: #14171a; color: #dfe3e6; } }
        """;

    public static string Of(Report report)
    {
        var html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append(Invariant($"<title>{Escaped(report.Title)}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n<h1>{Escaped(report.Title)}</h1>\n"));
        foreach (var note in report.Notes)
            html.Append(Invariant($"<p>{Escaped(note)}</p>\n"));
        foreach (var table in report.Tables)
            Append(html, table);
        foreach (var (number, plot) in report.Plots.Index())
            html.Append(Invariant($"<h2>{Escaped(plot.Title)}</h2>\n<figure>{Inline(plot, number)}</figure>\n"));
        return html.Append("</body>\n</html>\n").ToString();
    }

    private static void Append(StringBuilder html, ReportTable table)
    {
        html.Append(Invariant($"<h2>{Escaped(table.Title)}</h2>\n<div class=\"wide\"><table>\n<thead><tr>{Cells("th", table.Header)}</tr></thead>\n<tbody>\n"));
        foreach (var row in table.Rows)
            html.Append(Invariant($"<tr>{Cells("td", row)}</tr>\n"));
        html.Append("</tbody>\n</table></div>\n");
    }

    private static string Cells(string tag, IEnumerable<string> cells) => string.Concat(cells.Select(cell => $"<{tag}>{Escaped(cell)}</{tag}>"));

    /// <summary>The drawing alone, its ids made different from those of the page's other drawings, which a browser would take instead.</summary>
    private static string Inline(ReportPlot plot, int number)
    {
        var svg = plot.Svg[plot.Svg.IndexOf("<svg", StringComparison.Ordinal)..];
        return Id().Replace(svg, match => Invariant($"{match.Groups[1].Value}p{number}-"));
    }

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    [GeneratedRegex("""( id="|url\(#|href="#)""")]
    private static partial Regex Id();
}
