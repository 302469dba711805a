using System.Text.Json;
using FlGlm.Client.Data.Rows;

namespace FlGlm.Client.Data.Formats;

/// <summary>Reads JSON Lines, line by line: one object a line; blank lines are skipped.</summary>
internal sealed class JsonLinesReader(IRowFields fields) : IRowReader
{
    public IEnumerable<DataRow> Read(DataFile file) => Read(file.Path, file.OpenText());

    internal IEnumerable<DataRow> Read(string path, Utf8Buffer text)
    {
        var line = 0;
        while (text.TryReadLine(out var row))
        {
            line++;
            if (Utf8Buffer.IsBlank(row.Span))
                continue;
            var place = new RowPlace(path, line, IsLine: true);
            using var json = Parse(place, row);
            yield return fields.Read(place, json.RootElement);
        }
    }

    private static JsonDocument Parse(RowPlace place, ReadOnlyMemory<byte> text)
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
