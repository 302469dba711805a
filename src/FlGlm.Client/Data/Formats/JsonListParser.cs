using System.Text.Json;

namespace FlGlm.Client.Data.Formats;

/// <summary>Takes the elements of one JSON list out of a text that comes piece by piece.</summary>
internal sealed class JsonListParser(Utf8Buffer text)
{
    private JsonReaderState _state;

    /// <summary>What the text is, where it is no list.</summary>
    internal JsonValueKind? Other { get; private set; }

    /// <summary>The elements that are complete in what is unread, which is used up.</summary>
    /// <exception cref="JsonException">The text is not JSON; the line counts from the text's beginning.</exception>
    internal List<JsonElement> Parse()
    {
        var elements = new List<JsonElement>();
        var reader = new Utf8JsonReader(text.Unread.Span, text.IsAtEnd, _state);
        var before = reader;
        while (reader.Read())
        {
            if (before.TokenType == JsonTokenType.None && reader.TokenType != JsonTokenType.StartArray)
                Other = KindOf(reader.TokenType);
            if (Other is null && before.TokenType != JsonTokenType.None && reader.TokenType != JsonTokenType.EndArray)
            {
                if (!JsonElement.TryParseValue(ref reader, out var element))
                {
                    reader = before;
                    break;
                }

                elements.Add(element.Value);
            }

            before = reader;
        }

        text.Advance((int)reader.BytesConsumed);
        _state = reader.CurrentState;
        return elements;
    }

    private static JsonValueKind KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => JsonValueKind.Object,
        JsonTokenType.String => JsonValueKind.String,
        JsonTokenType.Number => JsonValueKind.Number,
        JsonTokenType.Null => JsonValueKind.Null,
        _ => JsonValueKind.True,
    };
}
