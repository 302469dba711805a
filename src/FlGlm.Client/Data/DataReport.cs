using System.Globalization;

namespace FlGlm.Client.Data;

/// <summary>What became of one file's rows. <see cref="ToString"/> says it in one line.</summary>
/// <param name="Path">The file.</param>
/// <param name="Read">Rows read (of a text: rows cut).</param>
/// <param name="Kept">Rows that are used.</param>
/// <param name="Truncated">Of these, rows whose prompt lost its beginning to <c>data.max_length</c>.</param>
/// <param name="Dropped">Rows left out, by reason.</param>
/// <param name="Tokens">Tokens of the rows kept.</param>
public sealed record DataReport(string Path, int Read, int Kept, int Truncated, IReadOnlyDictionary<string, int> Dropped, long Tokens)
{
    /// <summary>Whose chat form the rows have, e.g. <c>ChatGLM3</c>; null without a chat template.</summary>
    public string? ChatForm { get; init; }

    public override string ToString()
    {
        var shortened = Truncated == 0 ? "" : Line($" ({Truncated} with a shortened prompt)");
        var dropped = Dropped.Count == 0 ? "none" : string.Join(", ", Dropped.Select(reason => Line($"{reason.Value} for {reason.Key}")));
        var form = ChatForm is null ? "" : $"; chat form: {ChatForm}";
        return Line($"{Path}: {Read} rows read, {Kept} kept{shortened}, dropped: {dropped}; {Tokens} tokens{form}");
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
