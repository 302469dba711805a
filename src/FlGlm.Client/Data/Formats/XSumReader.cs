using System.Text.Json;
using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Formats;

/// <summary>Reads one article as XSum's authors publish them: blocks under the lines <c>[SN]NAME[SN]</c>, of which the first sentence is the summary.</summary>
internal sealed class XSumReader(IRowFields fields) : IRowReader
{
    private const string Mark = "[SN]";
    private const string Summary = "FIRST-SENTENCE";
    private const string Document = "RESTBODY";

    public IEnumerable<DataRow> Read(DataFile file)
    {
        var place = new RowPlace(file.Path, 1, IsLine: true);
        var parts = file.OpenText().ReadToEnd().Split(Mark);
        var blocks = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var part = 1; part + 1 < parts.Length; part += 2)
            blocks[parts[part].Trim()] = string.Join(' ', parts[part + 1].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        if (!blocks.TryGetValue(Summary, out var summary) || !blocks.TryGetValue(Document, out var document))
            throw new DataException(file.Path, null, $"'{file.Path}' has no {Mark}{Summary}{Mark} and {Mark}{Document}{Mark}; a .summary file without a .document beside it is an article of XSum.");
        yield return fields.Read(place, JsonSerializer.SerializeToElement(new { document, summary, id = Path.GetFileNameWithoutExtension(file.Path) }));
    }
}
