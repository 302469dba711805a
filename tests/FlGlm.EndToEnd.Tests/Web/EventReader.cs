using System.Text.Json;

namespace FlGlm.EndToEnd.Tests.Web;

/// <summary>Reads server-sent events.</summary>
internal sealed class EventReader(HttpResponseMessage answer) : IDisposable
{
    private readonly StreamReader _lines = new(answer.Content.ReadAsStream());

    /// <summary>The id of the last event.</summary>
    public string Id { get; private set; } = "";

    /// <summary>The next event.</summary>
    public async Task<JsonElement> NextAsync()
    {
        JsonElement? data = null;
        while (await _lines.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                Id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = JsonDocument.Parse(line[6..]).RootElement;
            else if (line.Length == 0 && data is { } whole)
                return whole;
        }

        throw new EndOfStreamException("The page has closed the stream.");
    }

    public void Dispose()
    {
        _lines.Dispose();
        answer.Dispose();
    }
}
