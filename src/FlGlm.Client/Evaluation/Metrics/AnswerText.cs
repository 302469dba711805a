namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>An answer's text as the scorers of SQuAD and ReCoRD compare it.</summary>
internal static class AnswerText
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /// <returns>the words in lower case and ASCII letters, without punctuation marks and articles</returns>
    public static string[] Words(string text)
    {
        var ascii = AsciiText.Of(PythonText.Lower(text));
        var unmarked = string.Concat(ascii.Where(character => !Punctuation.Contains(character, StringComparison.Ordinal)));
        return [.. PythonText.Split(unmarked).Where(word => word is not ("a" or "an" or "the"))];
    }
}
