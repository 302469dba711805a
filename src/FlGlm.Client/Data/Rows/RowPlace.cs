using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Rows;

/// <summary>Where a row stands: a line of a JSONL file, or an element of a JSON file's list.</summary>
/// <param name="Path">The file.</param>
/// <param name="Number">Counted from 1.</param>
/// <param name="IsLine">Whether the number is a line's.</param>
internal sealed record RowPlace(string Path, int Number, bool IsLine)
{
    /// <summary>A fault of this row.</summary>
    /// <param name="message">What follows the place, e.g. <c> is a list</c>.</param>
    /// <param name="inner">The fault behind it.</param>
    internal DataException Wrong(string message, Exception? inner = null) => new(Path, IsLine ? Number : null, $"{this}{message}", inner);

    /// <summary>What <c>data.special_tokens: refuse</c> does.</summary>
    /// <param name="spelled">The special tokens that the row spells out.</param>
    /// <exception cref="DataException">There is one.</exception>
    internal void RefuseSpecialTokens(IEnumerable<string> spelled)
    {
        if (spelled.FirstOrDefault() is { } token)
            throw Wrong($" spells out the special token {token}, which data.special_tokens: refuse does not take.");
    }

    public override string ToString() => $"'{Path}' {(IsLine ? "line" : "row")} {Number}";
}
