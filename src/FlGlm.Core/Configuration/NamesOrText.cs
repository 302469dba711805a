using System.Runtime.CompilerServices;

namespace FlGlm.Core.Configuration;

/// <summary>A list of names, or one text in their place (PEFT's <c>target_modules</c>). In YAML a list or a scalar; in code <c>["a", "b"]</c> or <see cref="OfText"/>.</summary>
[CollectionBuilder(typeof(NamesOrText), nameof(OfNames))]
public sealed record NamesOrText
{
    private NamesOrText(IReadOnlyList<string> names, string? text) => (Names, Text) = (names, text);

    /// <summary>The names; none where there is a text.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The text; null where there are names.</summary>
    public string? Text { get; }

    /// <summary>Whether there is neither a name nor a text.</summary>
    public bool IsEmpty => Names.Count == 0 && Text is null;

    /// <summary>A list of names; collection expressions call it.</summary>
    public static NamesOrText OfNames(ReadOnlySpan<string> names) => new(names.ToArray(), null);

    /// <summary>One text in place of names: <c>all-linear</c> or a regular expression, as in PEFT.</summary>
    public static NamesOrText OfText(string text) => new([], text);

    /// <summary>The names; none where there is a text.</summary>
    public IEnumerator<string> GetEnumerator() => Names.GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => Text ?? string.Join(", ", Names);
}
