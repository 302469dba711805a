using System.Text.Json;
using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Formats;

/// <summary>Reads a JSON file: one list of objects, or, as many such files have it, one object a line.</summary>
internal sealed class JsonListReader(RowFields fields) : IRowReader
{
    public IEnumerable<DataRow> Read(string path)
    {
        var text = DataFile.ReadText(path);
        return HasObjectLines(text) ? new JsonLinesReader(fields).ReadText(path, text) : ReadList(path, text);
    }

    private IEnumerable<DataRow> ReadList(string path, string text)
    {
        using var json = Parse(path, text);
        var number = 0;
        foreach (var row in json.RootElement.EnumerateArray())
            yield return fields.Read(new RowPlace(path, ++number, IsLine: false), row);
    }

    /// <summary>Whether the first line is a whole object and others follow.</summary>
    private static bool HasObjectLines(string text)
    {
        var start = text.TrimStart();
        var end = start.IndexOf('\n', StringComparison.Ordinal);
        if (!start.StartsWith('{') || end < 0 || string.IsNullOrWhiteSpace(start[end..]))
            return false;
        try
        {
            using var first = JsonDocument.Parse(start[..end]);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonDocument Parse(string path, string text)
    {
        try
        {
            var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Array
                ? json
                : throw new DataException(path, null, $"'{path}' is {RowObject.Kind(json.RootElement)}, not a list of row objects.");
        }
        catch (JsonException error)
        {
            var line = (int)(error.LineNumber ?? 0) + 1;
            throw new DataException(
                path, line, $"'{path}' line {line} is not JSON. A .json file holds one list of row objects, or one object a line.", error);
        }
    }
}
