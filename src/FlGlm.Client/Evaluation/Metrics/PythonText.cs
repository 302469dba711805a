namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>What Python's text methods do that the metric packages are written with.</summary>
internal static class PythonText
{
    /// <summary>As <c>str.lower()</c>.</summary>
    public static string Lower(string text) => text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>As <c>str.split()</c>: the words between blanks, none of them empty.</summary>
    public static string[] Split(string text)
    {
        var words = new List<string>();
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && !IsBlank(text[i]))
            {
                start = start < 0 ? i : start;
            }
            else if (start >= 0)
            {
                words.Add(text[start..i]);
                start = -1;
            }
        }

        return [.. words];
    }

    /// <summary>As <c>str.strip()</c>.</summary>
    public static string Trim(string text)
    {
        var start = 0;
        while (start < text.Length && IsBlank(text[start]))
            start++;
        return TrimEnd(text[start..]);
    }

    /// <summary>As <c>str.rstrip()</c>.</summary>
    public static string TrimEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && IsBlank(text[end - 1]))
            end--;
        return text[..end];
    }

    /// <summary>As <c>list(str)</c>: one text for each code point.</summary>
    public static IReadOnlyList<string> Characters(string text) => [.. text.EnumerateRunes().Select(rune => rune.ToString())];

    // Python counts the four separators of ASCII as blanks too.
    private static bool IsBlank(char character) => char.IsWhiteSpace(character) || character is >= '\u001C' and <= '\u001F';
}
