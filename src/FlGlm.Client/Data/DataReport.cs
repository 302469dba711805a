using System.Globalization;

namespace FlGlm.Client.Data;

/// <summary>What became of one file's rows. <see cref="ToString"/> says it in one line.</summary>
/// <param name="Path">The file.</param>
/// <param name="Read">Rows read (of a text: rows cut; of a dialogue whose answers make a row each: those).</param>
/// <param name="Kept">Rows that are used.</param>
/// <param name="Truncated">Of these, rows whose prompt lost its beginning to <c>data.max_length</c>.</param>
/// <param name="Dropped">Rows left out, by reason.</param>
/// <param name="Tokens">Tokens of the rows kept.</param>
public sealed record DataReport(string Path, int Read, int Kept, int Truncated, IReadOnlyDictionary<string, int> Dropped, long Tokens)
{
    /// <summary>Whose chat form the rows have, e.g. <c>ChatGLM3</c>; null without a chat template.</summary>
    public string? ChatForm { get; init; }

    /// <summary>Answers before a row's last that <c>data.loss_on: completion</c> leaves out.</summary>
    public int Unlearnt { get; init; }

    /// <summary>Whether Windows line ends of a text have been taken for line ends.</summary>
    public bool LineEndsChanged { get; init; }

    /// <summary>Special tokens that rows spell out and that became their ids, each with the number of rows.</summary>
    public IReadOnlyDictionary<string, int> SpecialTokens { get; init; } = new Dictionary<string, int>();

    /// <summary>The rows of each label, where the rows are a task's and have labels.</summary>
    public IReadOnlyDictionary<string, int> Labels { get; init; } = new Dictionary<string, int>();

    /// <summary>Rows kept whose ids are those of an earlier row with the same use, to train on or to validate with, of this file or another.</summary>
    public int Repeated { get; init; }

    /// <summary>The file, and where its answers stand in a file beside it also that one, as they were read.</summary>
    public IReadOnlyList<DataFileHash> Files { get; init; } = [];

    /// <summary>Fields of rows that nothing uses.</summary>
    public IReadOnlyList<string> IgnoredFields { get; init; } = [];

    /// <summary>What a person should know of the rows, each in one line.</summary>
    public IEnumerable<string> Warnings
    {
        get
        {
            if (SpecialTokens.Count > 0)
            {
                yield return $"{Path}: special tokens spelled out in rows became their ids: {Join(SpecialTokens.Select(token => Line($"{token.Key} in {token.Value} row(s)")))}; "
                    + "data.special_tokens: text keeps them text.";
            }

            if (IgnoredFields.Count > 0)
                yield return $"{Path}: fields of rows that are not used: {Join(IgnoredFields)}.";
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var shortened = Truncated == 0 ? "" : Line($" ({Truncated} with a shortened prompt)");
        var dropped = Dropped.Count == 0 ? "none" : Join(Dropped.Select(reason => Line($"{reason.Value} for {reason.Key}")));
        var form = ChatForm is null ? "" : $"; chat form: {ChatForm}";
        var unlearnt = Unlearnt == 0 ? "" : Line($"; {Unlearnt} earlier answer(s) not learnt (data.loss_on: answers learns them)");
        var repeated = Repeated == 0 ? "" : Line($"; {Repeated} like an earlier row");
        var lines = LineEndsChanged ? "; Windows line ends read as line ends" : "";
        var labels = Labels.Count == 0 ? "" : Line($"; labels: {Join(Labels.Select(label => Line($"{label.Key} {label.Value}")))}");
        return Line($"{Path}: {Read} rows read, {Kept} kept{shortened}, dropped: {dropped}; {Tokens} tokens{form}{unlearnt}{repeated}{labels}{lines}");
    }

    private static string Join(IEnumerable<string> words) => string.Join(", ", words);

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
