using System.Text;

namespace FlGlm.Client.Tests.Tokenizers;

/// <summary>Texts that tokenizers stumble over: repeated characters, blanks, line breaks, many scripts, broken surrogates, marks spelled out.</summary>
internal sealed class RandomTexts(int seed)
{
    private static readonly string[] Parts =
    [
        " ", "  ", "   ", "\t", "\n", "\n\n", "\r\n", "\u00A0", "\u3000", "\u200B", "▁", "▁▁", "a", "e", "!", "-", "=", "0", "1", "the", " the", "ing", " of",
        "Hello", " world", "don't", "I'll", "e\u0301", "ﬁ", "Ⅷ", "ＡＢＣ", "①", "½", "汉", "字", "你好", "，", "。", "の", "カ", "ｶﾞ", "한", "ρ", "ж", "ع", "א", "ก", "न",
        "👋", "👋🏽", "🧑‍🚀", "❤️", "\uD83D", "\uDC4B", "\uFFFD", "\uFEFF", "\u0000", "\u0007", "\u007F", "<s>", "</s>", "<unk>", "<pad>", "<n>", "<0x0A>", "<0xE4>",
        "<0xZZ>", "[INST]", "[gMASK]", "<|user|>", "<|endoftext|>", "<", ">", "{", "}", "://", "...", "中中中", "1234567890",
    ];

    private readonly Random _random = new(seed);

    internal string Next(IReadOnlyList<string>? more = null)
    {
        var text = new StringBuilder();
        for (var left = _random.Next(1, 12); left > 0; left--)
        {
            var part = _random.Next(8) switch
            {
                0 => ((char)_random.Next(0x20, 0x250)).ToString(),
                1 => ((char)_random.Next(0x4E00, 0x9FFF)).ToString(),
                2 => char.ConvertFromUtf32(_random.Next(0x1F300, 0x1FAFF)),
                3 when more is { Count: > 0 } => more[_random.Next(more.Count)],
                _ => Parts[_random.Next(Parts.Length)],
            };
            text.Insert(text.Length, part, _random.Next(6) == 0 ? _random.Next(1, 20) : 1);
        }

        return text.ToString();
    }
}
