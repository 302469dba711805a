using System.Text.Json;
using FlGlm.Client.Data;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

/// <summary>
/// What the published ids fix of ChatGLM-6B's text, whose own model file is not at hand: special pieces, bytes and marks, with a model trained
/// on the same texts. It has its special pieces in the published order, so that 129995 image tokens bring them to their published ids.
/// </summary>
public sealed class ChatGlmVectorTests : IDisposable
{
    private const int NewLine = 4;
    private const int FirstSpecial = 130000;

    /// <summary>Marks, tab, blanks and bytes.</summary>
    private const int Specials = 8 + 1 + 79 + 256;

    private readonly ChatGlmFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TrainedTokenizerTheory]
    [InlineData("bpe")]
    [InlineData("unigram")]
    public void Special_pieces_bytes_and_marks_have_the_published_ids(string type)
    {
        var tokenizer = Open(type, ChatGlmFolder.ImageTokens);
        foreach (var (text, expected) in Vectors())
        {
            var ids = tokenizer.EncodePrompt(new Dialogue(text));

            Assert.Equal(expected.Where(id => id >= FirstSpecial), ids.Where(id => id >= FirstSpecial && id < FirstSpecial + Specials));
            Assert.Equal(text, tokenizer.Decode(ids));
        }
    }

    [TrainedTokenizerTheory]
    [InlineData("bpe")]
    [InlineData("unigram")]
    public void Line_breaks_stand_where_the_published_ids_have_them(string type)
    {
        _folder.Write("config.json", """
            {"model_type": "chatglm", "inner_hidden_size": 8, "vocab_size": 500, "bos_token_id": 9, "eos_token_id": 10}
            """);
        var tokenizer = Open(type, imageTokens: 0);
        foreach (var (text, expected) in Vectors())
        {
            var ids = tokenizer.EncodePrompt(new Dialogue(text));

            Assert.Equal(Shape(expected, FirstSpecial), Shape(ids, FirstSpecial - ChatGlmFolder.ImageTokens));
        }
    }

    private TextTokenizer Open(string type, int imageTokens)
    {
        _folder.Write("tokenizer_config.json", $$"""{"num_image_tokens": {{imageTokens}}}""");
        var texts = string.Join('\n', Vectors().Select(item => item.Text)).Replace("👋", "", StringComparison.Ordinal);
        TrainedTokenizer.WriteTo(_folder.Path, type, texts);
        return _folder.Open();
    }

    /// <summary>Line breaks, special pieces counted from the first, each stretch of other pieces as one -1.</summary>
    private static List<int> Shape(IEnumerable<int> ids, int firstSpecial)
    {
        var shape = new List<int>();
        foreach (var id in ids)
        {
            var kind = id == NewLine ? NewLine + Specials : id >= firstSpecial && id < firstSpecial + Specials ? id - firstSpecial : -1;
            if (kind >= 0 || shape is not [.., -1])
                shape.Add(kind);
        }
        return shape;
    }

    private static IEnumerable<(string Text, int[] Ids)> Vectors()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.At("data", "tokenizers", "vectors-only", "chatglm1.json")));
        foreach (var item in json.RootElement.GetProperty("cases").EnumerateArray().ToArray())
            yield return (item.GetProperty("text").GetString()!, [.. item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())]);
    }
}
