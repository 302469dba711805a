using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>The tokenizers of sacrebleu.</summary>
internal static partial class BleuTokens
{
    // First and last of what counts as Chinese. sacrebleu writes two ranges above U+FFFF with \u, which Python reads as four digits and a
    // character: U+2001 to U+2A6D (and nothing more) is what they mean there, so that curly quotes and dashes are tokens too.
    private const string ChineseRanges =
        "\u3400\u4DB5\u4E00\u9FBB\uF900\uFA2D\uFA30\uFA6A\uFA70\uFAD9\u2001\u2A6D\uFF00\uFFEF\u2E80\u2FDF\u2FF0\u303F\u31C0\u31EF"
        + "\u3100\u312F\u31A0\u31BF\uFE10\uFE1F\uFE30\uFE4F\u3200\u33FF";

    public static string[] Of(string text, BleuTokenizer tokenizer)
    {
        text = PythonText.TrimEnd(text);
        return PythonText.Split(tokenizer switch
        {
            BleuTokenizer.V13a => Western($" {Unescaped(text)} "),
            BleuTokenizer.Zh => Western(string.Concat(PythonText.Trim(text).Select(c => IsChinese(c) ? $" {c} " : c.ToString()))),
            BleuTokenizer.International => International(text),
            BleuTokenizer.Characters => string.Join(' ', PythonText.Characters(text)),
            _ => text,
        });
    }

    private static string Unescaped(string text) => text
        .Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal).Replace('\n', ' ')
        .Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
        .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);

    private static string Western(string text)
    {
        text = Sign().Replace(text, " $0 ");
        text = StopAfterText().Replace(text, "$1 $2 ");
        text = StopBeforeText().Replace(text, " $1 $2");
        return HyphenAfterDigit().Replace(text, "$1 $2 ");
    }

    /// <summary>Over code points, since .NET's regular expressions see characters above U+FFFF as two of no category.</summary>
    private static string International(string text)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        runes = Parted(runes, (first, second) => !IsNumber(first) && IsPunctuation(second), (first, second) => $"{first} {second} ");
        runes = Parted(runes, (first, second) => IsPunctuation(first) && !IsNumber(second), (first, second) => $" {first} {second}");
        return string.Concat(runes.Select(rune => Rune.IsSymbol(rune) ? $" {rune} " : rune.ToString()));
    }

    /// <summary>Replaces pairs from left to right; a character is of one pair at most.</summary>
    private static Rune[] Parted(Rune[] runes, Func<Rune, Rune, bool> isPair, Func<Rune, Rune, string> parted)
    {
        var result = new StringBuilder();
        for (var i = 0; i < runes.Length; i++)
        {
            if (i + 1 < runes.Length && isPair(runes[i], runes[i + 1]))
                result.Append(parted(runes[i], runes[++i]));
            else
                result.Append(runes[i]);
        }

        return [.. result.ToString().EnumerateRunes()];
    }

    private static bool IsPunctuation(Rune rune) => Rune.IsPunctuation(rune);

    private static bool IsNumber(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private static bool IsChinese(char character)
    {
        for (var i = 0; i < ChineseRanges.Length; i += 2)
        {
            if (character >= ChineseRanges[i] && character <= ChineseRanges[i + 1])
                return true;
        }

        return false;
    }

    [GeneratedRegex(@"[{-~\[-` -&(-+:-@/]")]
    private static partial Regex Sign();

    [GeneratedRegex("([^0-9])([.,])")]
    private static partial Regex StopAfterText();

    [GeneratedRegex("([.,])([^0-9])")]
    private static partial Regex StopBeforeText();

    [GeneratedRegex("([0-9])(-)")]
    private static partial Regex HyphenAfterDigit();
}
