using System.Text.Json;
using FlGlm.Client.Data.Rows;

namespace FlGlm.Client.Data.Formats;

/// <summary>Reads JSON Lines: one object a line; blank lines are skipped.</summary>
internal sealed class JsonLinesReader(RowFields fields) : IRowReader
{
    public IEnumerable<DataRow> Read(string path) => ReadText(path, DataFile.ReadText(path));

    internal IEnumerable<DataRow> ReadText(string path, string text)
    {
        var line = 0;
        foreach (var row in text.Split('\n'))
        {
            line++;
            if (string.IsNullOrWhiteSpace(row))
                continue;
            var place = new RowPlace(path, line, IsLine: true);
            using var json = Parse(place, row);
            yield return fields.Read(place, json.RootElement);
        }
    }

    private static JsonDocument Parse(RowPlace place, string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException error)
        {
            var column = (error.BytePositionInLine ?? 0) + 1;
            throw place.Wrong($" is not JSON (byte {column} of the line). JSONL holds one object a line.", error);
        }
    }
}
