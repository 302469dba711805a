using System.Text.Json;

namespace FlGlm.Client.Data.Rows;

/// <summary>Reads a row tokenised elsewhere, in the form of Hugging Face's tokenised data sets.</summary>
internal static class TokenFields
{
    /// <summary>
    /// <c>input_ids</c> with <c>labels</c> or without, and <c>attention_mask</c> (tokens under a 0 are padding and left out); null for a row
    /// without <c>input_ids</c>.
    /// </summary>
    internal static DataRow? Read(RowObject row)
    {
        if (row.Find("input_ids") is not { } value)
            return null;
        var place = row.Place;
        var ids = Numbers(place, "input_ids", value);
        var labels = Beside(row, "labels", ids.Length);
        return Beside(row, "attention_mask", ids.Length) is not { } mask
            ? new TokenRow(place, ids, labels)
            : new TokenRow(place, Real(ids, mask), labels is null ? null : Real(labels, mask));
    }

    private static int[] Real(int[] numbers, int[] mask) => [.. numbers.Where((_, token) => mask[token] != 0)];

    private static int[]? Beside(RowObject row, string field, int count)
    {
        if (row.Find(field) is not { ValueKind: not JsonValueKind.Null } value)
            return null;
        var numbers = Numbers(row.Place, field, value);
        return numbers.Length == count
            ? numbers
            : throw row.Place.Wrong($" has {count} input_ids and {numbers.Length} {field}; one for each is needed.");
    }

    private static int[] Numbers(RowPlace place, string field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw place.Wrong($": '{field}' is {RowObject.Kind(value)}, not a list of integers.");
        var numbers = new int[value.GetArrayLength()];
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number)
                throw place.Wrong($": '{field}' holds {RowObject.Kind(item)}, not integers alone.");
            if (!item.TryGetInt32(out numbers[index++]))
                throw place.Wrong($": '{field}' holds {item.GetRawText()}, which is no token id.");
        }
        return numbers;
    }
}
