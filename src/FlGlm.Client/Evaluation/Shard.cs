using System.Globalization;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Evaluation;

/// <summary>One of several equal parts of a file's rows, for as many processes: row r belongs to part 1 + (r - 1) mod <see cref="Count"/>.</summary>
/// <param name="Index">Counted from 1.</param>
/// <param name="Count">All parts.</param>
public sealed record Shard(int Index, int Count)
{
    /// <summary>All rows.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>Reads <c>2/8</c>.</summary>
    /// <exception cref="ConfigurationException">It is something else.</exception>
    public static Shard Parse(string text, string key)
    {
        var parts = text.Split('/');
        return parts.Length == 2 && Number(parts[0]) is { } index && Number(parts[1]) is { } count && index >= 1 && index <= count
            ? new Shard(index, count)
            : throw new ConfigurationException(key, $"'{text}' is no part of a whole; INDEX/COUNT, such as 1/4 to 4/4.");
    }

    /// <summary>Whether a row is in this part.</summary>
    /// <param name="row">counted from 0</param>
    public bool Has(int row) => row % Count == Index - 1;

    /// <inheritdoc/>
    public override string ToString() => $"{Index}/{Count}";

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
