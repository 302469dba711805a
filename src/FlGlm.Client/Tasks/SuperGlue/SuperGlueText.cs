namespace FlGlm.Client.Tasks.SuperGlue;

/// <summary>What GLM's own code does to the texts of SuperGLUE before they are set in words.</summary>
internal static class SuperGlueText
{
    /// <summary>Curly quotes and the en dash become ASCII.</summary>
    public static string Normalise(string text) =>
        text.Replace('‘', '\'').Replace('’', '\'').Replace('“', '"').Replace('”', '"').Replace('–', '-');

    /// <summary>A text without the punctuation at its end.</summary>
    public static string WithoutEnd(string text)
    {
        var end = text.TrimEnd();
        while (end.Length > 1 && char.IsAscii(end[^1]) && (char.IsPunctuation(end[^1]) || char.IsSymbol(end[^1])))
            end = end[..^1];
        return end;
    }

    /// <summary>A text without the mark at its end that the pattern writes itself.</summary>
    public static string WithoutEnd(string text, char mark) => text.TrimEnd().TrimEnd(mark);

    /// <summary>The first letter in lower case.</summary>
    public static string LowerFirst(string text) => text.Length == 0 ? text : char.ToLowerInvariant(text[0]) + text[1..];
}
