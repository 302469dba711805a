using System.Text;
using FlGlm.Client.Tests.Data;
using FlGlm.Client.Tokenizers;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Tokenizers;

/// <summary>Converted models against SentencePiece itself, with random texts and models of every kind that the conversion knows.</summary>
public sealed class SentencePieceComparisonTests : IDisposable
{
    private const string Symbols = "--user_defined_symbols=<n>,<|tab|>,[MASK],<ab>,<ab>c";
    private const string Bytes = "--byte_fallback=true";
    private const string NoPrefix = "--add_dummy_prefix=false";
    private const string KeepsBlanks = "--remove_extra_whitespaces=false";
    private const string Identity = "--normalization_rule_name=identity";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TrainedTokenizerTheory]
    [InlineData("bpe")]
    [InlineData("bpe", Bytes, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData("bpe", Bytes, Symbols, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData("bpe", Bytes, Identity, KeepsBlanks, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData("bpe", Bytes, NoPrefix, KeepsBlanks, Symbols)]
    [InlineData("bpe", Bytes, Identity, NoPrefix, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData("bpe", "--treat_whitespace_as_suffix=true", Symbols)]
    [InlineData("unigram")]
    [InlineData("unigram", Bytes, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData("unigram", Bytes, Symbols, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData("unigram", Bytes, Identity, KeepsBlanks)]
    [InlineData("unigram", NoPrefix, KeepsBlanks, Symbols, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData("unigram", Bytes, NoPrefix, "--normalization_rule_name=nfkc_cf")]
    public void Random_texts_have_the_same_ids_and_these_the_same_text(string type, params string[] options)
    {
        var model = Train(type, options);
        AssertSame(model, Texts(2000));
    }

    [TrainedTokenizerTheory]
    [InlineData("bpe")]
    [InlineData("unigram")]
    public void Pieces_that_are_not_used_are_taken_apart_again(string type)
    {
        var model = Train(type, [Bytes]);
        File.WriteAllBytes(model, WithUnused(File.ReadAllBytes(model), id => id > 300 && id % 3 == 0));

        AssertSame(model, Texts(2000));
    }

    private string Train(string type, string[] options) =>
        SentencePieceProgram.Train(_folder.Path, Corpus(), [$"--model_type={type}", "--vocab_size=1500", "--character_coverage=0.98", .. options]);

    private static void AssertSame(string model, string[] texts)
    {
        using var tokenizer = HuggingFaceTokenizer.Open(model);

        var expected = SentencePieceProgram.Encode(model, texts);
        var ids = texts.Select(text => tokenizer.EncodeToIds(text)).ToArray();
        int[] differing = [.. Enumerable.Range(0, texts.Length).Where(row => !ids[row].SequenceEqual(expected[row]))];

        Assert.True(differing.Length == 0, $"{differing.Length} of {texts.Length}: " + string.Join(" | ", differing.Take(3).Select(row =>
            $"'{texts[row]}': {string.Join(' ', expected[row])}, not {string.Join(' ', ids[row])}")));
        AssertSameText(tokenizer, model, expected);
    }

    /// <summary>What SentencePiece writes for an unknown piece is left out here.</summary>
    private static void AssertSameText(HuggingFaceTokenizer tokenizer, string model, int[][] ids)
    {
        int[][] known = [.. ids.Where(row => !row.Contains(0))];
        var texts = SentencePieceProgram.Decode(model, known);
        int[] differing = [.. Enumerable.Range(0, known.Length).Where(row => tokenizer.Decode(known[row]) != texts[row])];

        Assert.Empty(differing.Select(row => (string.Join(' ', known[row]), texts[row], tokenizer.Decode(known[row]))));
    }

    /// <summary>The same model with some pieces of more than one character marked as unused: kind (3) = 5 behind what a piece says.</summary>
    private static byte[] WithUnused(byte[] model, Func<int, bool> isUnused)
    {
        var changed = new List<byte>();
        var id = 0;
        for (var at = 0; at < model.Length;)
        {
            var (tag, start, length) = (model[at], at + 1, 0);
            for (var shift = 0; ; shift += 7)
            {
                length |= (model[start] & 0x7F) << shift;
                if ((model[start++] & 0x80) == 0)
                    break;
            }

            var content = model.AsSpan(start, length);
            var marks = tag == ((1 << 3) | 2) && content.Length < 100 && content[1] > 4 && isUnused(id);
            id += tag == ((1 << 3) | 2) ? 1 : 0;
            changed.AddRange(marks ? [tag, (byte)(length + 2), .. content, 3 << 3, 5] : model.AsSpan(at, start + length - at));
            at = start + length;
        }

        return [.. changed];
    }

    /// <summary>Without line breaks, which would end a text for the programs, and as they read it.</summary>
    private static string[] Texts(int count)
    {
        var random = new RandomTexts(seed: 2);
        string[] words = ["KING", " lord", "shall", "romeo", "  ", "<n>", "<|tab|>", "[MASK]", "<ab>c", "<ab>", "＜n＞", "这", "他们", "时间"];
        return [.. Enumerable.Range(0, count).Select(_ => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(random.Next(words).ReplaceLineEndings(" "))))];
    }

    private static string Corpus() =>
        File.ReadAllText(SharedFolder.At("data", "corpora", "tinyshakespeare.txt"))[..150_000]
        + File.ReadAllText(SharedFolder.At("data", "corpora", "zh_gsdsimp_dev_sentences.txt"));
}
