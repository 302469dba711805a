using System.Text.Json;
using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Formats;

/// <summary>Reads a JSON file: one list of objects, element by element, or, as many such files have it, one object a line.</summary>
internal sealed class JsonListReader(IRowFields fields) : IRowReader
{
    public IEnumerable<DataRow> Read(DataFile file)
    {
        var text = file.OpenText();
        return HasObjectLines(text) ? new JsonLinesReader(fields).Read(file.Path, text) : ReadList(file.Path, text);
    }

    private IEnumerable<DataRow> ReadList(string path, Utf8Buffer text)
    {
        var list = new JsonListParser(text);
        var number = 0;
        do
        {
            foreach (var row in Parse(path, list))
                yield return fields.Read(new RowPlace(path, ++number, IsLine: false), row);
        }
        while (text.ReadMore());
        if (list.Other is { } kind)
            throw new DataException(path, null, $"'{path}' is {RowObject.Kind(kind)}, not a list of row objects.");
    }

    /// <summary>Whether the first line is a whole object and others follow.</summary>
    private static bool HasObjectLines(Utf8Buffer text)
    {
        var start = Utf8Buffer.BlankLength(text.Unread.Span);
        if (text.Unread.Span[start] != (byte)'{')
            return false;
        int length;
        while ((length = text.Unread.Span[start..].IndexOf((byte)'\n')) < 0 || Utf8Buffer.IsBlank(text.Unread.Span[(start + length)..]))
        {
            if (!text.ReadMore())
                return false;
        }

        try
        {
            using var first = JsonDocument.Parse(text.Unread.Slice(start, length));
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static List<JsonElement> Parse(string path, JsonListParser list)
    {
        try
        {
            return list.Parse();
        }
        catch (JsonException error)
        {
            var line = (int)(error.LineNumber ?? 0) + 1;
            throw new DataException(
                path, line, $"'{path}' line {line} is not JSON. A .json file holds one list of row objects, or one object a line.", error);
        }
    }
}
