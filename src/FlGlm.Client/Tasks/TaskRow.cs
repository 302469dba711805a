using System.Globalization;
using System.Text.Json;
using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tasks;

/// <summary>A row of a task's file, or an object inside one. What does not fit is refused with file and line.</summary>
public sealed class TaskRow
{
    private readonly RowPlace _place;
    private readonly JsonElement _json;
    private readonly string _path;

    /// <param name="path">where the object stands in its row, e.g. <c>passage.</c></param>
    internal TaskRow(RowPlace place, JsonElement json, string path = "")
    {
        (_place, _json, _path) = (place, json, path);
        if (json.ValueKind != JsonValueKind.Object)
            throw place.Wrong(path.Length == 0 ? $" is {RowObject.Kind(json)}, not a JSON object." : $": '{path.TrimEnd('.')}' is {RowObject.Kind(json)}, not an object.");
    }

    /// <summary>The row's number in its file, counted from 1.</summary>
    public int Number => _place.Number;

    /// <summary>Whether there is such a field.</summary>
    public bool Has(string field) => _json.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>The field's text.</summary>
    /// <param name="field">The field.</param>
    /// <param name="mayBeEmpty">Whether a text of nothing, or of blanks alone, is taken too.</param>
    /// <exception cref="DataException">There is no such field, it is no text, or it is empty.</exception>
    public string Text(string field, bool mayBeEmpty = false)
    {
        var value = Find(field);
        if (value.ValueKind != JsonValueKind.String)
            throw Wrong($"'{_path}{field}' is {RowObject.Kind(value)}, not a text.");
        var text = TextOf(value, field);
        return mayBeEmpty || !string.IsNullOrWhiteSpace(text) ? text : throw Wrong($"'{_path}{field}' is empty.");
    }

    /// <summary>The text of the first of these fields that is there: published files name some in several ways.</summary>
    /// <exception cref="DataException">None is there, or it is no text.</exception>
    public string TextOf(params string[] fields) =>
        Text(fields.FirstOrDefault(Has) ?? throw Wrong($"needs '{_path}{string.Join("' or '", fields)}'; it has {Names()}."));

    /// <summary>The field's whole number.</summary>
    /// <exception cref="DataException">There is no such field, or it is no whole number.</exception>
    public int Integer(string field) => Find(field) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number)
        ? number
        : throw Wrong($"'{_path}{field}' is {Find(field).GetRawText()}, not a whole number.");

    /// <summary>The objects of a list.</summary>
    /// <exception cref="DataException">There is no such field, or it is no list of objects.</exception>
    public IReadOnlyList<TaskRow> List(string field)
    {
        var value = Find(field);
        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select((each, index) => new TaskRow(_place, each, $"{_path}{field}[{index}]."))]
            : throw Wrong($"'{_path}{field}' is {RowObject.Kind(value)}, not a list.");
    }

    /// <summary>The object of a field.</summary>
    /// <exception cref="DataException">There is no such field, or it is no object.</exception>
    public TaskRow Object(string field) => new(_place, Find(field), $"{_path}{field}.");

    /// <summary>The field's label: one of the task's by its name, by its number, or as true or false.</summary>
    /// <param name="field">The field.</param>
    /// <param name="labels">The task's labels.</param>
    /// <returns>the label, alone; nothing where the field is missing, null or -1, as in a test set</returns>
    /// <exception cref="DataException">It is another label.</exception>
    public IReadOnlyList<string> Label(string field, IReadOnlyList<string> labels)
    {
        if (!Has(field))
            return [];
        var value = Find(field);
        var text = value.ValueKind == JsonValueKind.String ? TextOf(value, field) : value.GetRawText();
        if (labels.FirstOrDefault(label => label.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } label)
            return [label];
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= -1 && number < labels.Count)
            return number < 0 ? [] : [labels[number]];
        throw Wrong($"'{_path}{field}' is {value.GetRawText()}, which is none of the labels {string.Join(", ", labels)}.");
    }

    /// <summary>The row's <c>idx</c>, or its number in the file.</summary>
    public string Id => Find("idx", out var idx) ? IdOf(idx, "idx") : Find("id", out var id) ? IdOf(id, "id") : Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A fault of this row, for tasks to throw; it names file and line.</summary>
    /// <param name="what">What is wrong, e.g. <c>'span1_index' is 90, and the text has 20 words.</c></param>
    public DataException Wrong(string what) => _place.Wrong(": " + what);

    private string IdOf(JsonElement id, string field) => id.ValueKind == JsonValueKind.String ? TextOf(id, field) : id.GetRawText();

    private string TextOf(JsonElement value, string field)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw _place.Wrong($": '{_path}{field}' holds half a surrogate pair, which is no character.", error);
        }
    }

    private bool Find(string field, out JsonElement value) =>
        _json.TryGetProperty(field, out value) && value.ValueKind is JsonValueKind.Number or JsonValueKind.String;

    private JsonElement Find(string field) =>
        _json.TryGetProperty(field, out var value) ? value : throw Wrong($"has no '{_path}{field}'; it has {Names()}.");

    private string Names() => string.Join(", ", _json.EnumerateObject().Select(each => _path + each.Name)) is { Length: > 0 } names ? names : "no fields";
}
