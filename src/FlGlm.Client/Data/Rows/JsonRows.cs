using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Rows;

/// <summary>Finds the rows of a JSON data file: one object a line, or one list of objects.</summary>
internal static class JsonRows
{
    /// <summary>The rows in order; blank lines are skipped.</summary>
    /// <exception cref="DataException">The file is no such JSON, or a row of it cannot be used; file and line or row are named.</exception>
    internal static IEnumerable<DataRow> Read(string path, string text, DataFormat format) =>
        format == DataFormat.Json ? ReadList(path, text) : ReadLines(path, text);

    private static IEnumerable<DataRow> ReadLines(string path, string text)
    {
        var line = 0;
        foreach (var row in text.Split('\n'))
        {
            line++;
            if (string.IsNullOrWhiteSpace(row))
                continue;
            var place = new RowPlace(path, line, IsLine: true);
            using var json = ParseLine(place, row);
            yield return RowFields.Read(place, json.RootElement);
        }
    }

    private static IEnumerable<DataRow> ReadList(string path, string text)
    {
        using var json = ParseList(path, text);
        var number = 0;
        foreach (var row in json.RootElement.EnumerateArray())
            yield return RowFields.Read(new RowPlace(path, ++number, IsLine: false), row);
    }

    private static JsonDocument ParseLine(RowPlace place, string text)
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

    private static JsonDocument ParseList(string path, string text)
    {
        try
        {
            var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Array
                ? json
                : throw new DataException(path, null, $"'{path}' is {RowFields.Kind(json.RootElement)}, not a list of row objects.");
        }
        catch (JsonException error)
        {
            var line = (int)(error.LineNumber ?? 0) + 1;
            throw new DataException(
                path,
                line,
                $"'{path}' line {line} is not JSON. A .json file holds one list of row objects; "
                + "set data.format: jsonl for one object a line.",
                error);
        }
    }
}
