using System.Text;
using FlGlm.Client.Data;
using FlGlm.Client.Generation;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Generation;

public sealed class AnswerStreamTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private int _firstByte = 3;

    public AnswerStreamTests() => ByteTokenizer.WriteTo(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("né 👋👋!", "n", "é", " 👋", "👋", "!", "\n")]
    [InlineData("👍", "👍", "\n")]
    [InlineData(" a b  ", "a", " b", "\n")]
    [InlineData("", "\n")]
    public void Pieces_are_whole_characters(string answer, params string[] pieces) => Assert.Equal(pieces, Shown(answer).Select(Line));

    [Theory]
    [InlineData("  a\n b \n\n")]
    [InlineData(" ")]
    [InlineData("[[训练时间]] .")]
    public void Without_a_chat_form_an_answer_is_shown_as_it_is(string answer)
    {
        var shown = Shown(answer, PromptTemplate.None);

        Assert.Equal(answer + Environment.NewLine, string.Concat(shown));
        Assert.Equal(answer[..1], shown[0]);
    }

    [Theory]
    [InlineData("在[[训练时间]],是", "在2023年,是")]
    [InlineData("[[训练时间]]", "2023年")]
    [InlineData("a [[1, 2], [3, 4]] [", "a [[1, 2], [3, 4]] [")]
    [InlineData("a [[训练", "a [[训练")]
    public void An_answer_is_shown_once_and_as_it_is_cleaned(string answer, string cleaned)
    {
        _folder.Write("config.json", """{"model_type": "chatglm", "ffn_hidden_size": 8, "padded_vocab_size": 270, "eos_token_id": 2}""");

        Assert.Equal(cleaned + Environment.NewLine, string.Concat(Shown(answer)));
    }

    [Theory]
    [InlineData("I do n't know", "I don't know")]
    [InlineData("they 've , they 're ' n't", "they've, they're'n't")]
    [InlineData("the dogs ' .", "the dogs '.")]
    [InlineData("x n ' t", "xn't")]
    [InlineData("好 ,a:好 [[训练时间]] !", "好，a：好 2023年！")]
    [InlineData("一 n [", "一 n [")]
    public void An_answer_of_ChatGLM_6B_is_shown_once_and_as_it_is_cleaned(string answer, string cleaned)
    {
        WriteChatGlm();

        Assert.Equal(cleaned + Environment.NewLine, string.Concat(Shown(answer)));
    }

    [Fact]
    public void Whatever_ChatGLM_6B_answers_is_shown_once()
    {
        string[] pieces = ["a", " ", " ", "n", "'", "t", "ve", "s", ".", ",", ":", "好", "[[", "训练", "时间]]", "\n"];
        var random = new Random(3);
        WriteChatGlm();
        var tokenizer = TextTokenizer.Open(_folder.Path);
        for (var round = 0; round < 500; round++)
        {
            var answer = string.Concat(random.GetItems(pieces, 10));
            Assert.Equal(tokenizer.CleanAnswer(answer) + Environment.NewLine, string.Concat(Shown(answer, tokenizer: tokenizer)));
        }
    }

    /// <summary>The marks' pieces stand before the bytes, whose ids they move up.</summary>
    private void WriteChatGlm()
    {
        string[] marks = ["[MASK]", "[gMASK]", "[sMASK]", "<unused_0>", "<sop>", "<eop>"];
        _firstByte = 3 + marks.Length;
        _folder.Write("ice_text.model", ByteTokenizer.Model(marks.Select(mark => (mark, true))));
        _folder.Write("config.json", """{"model_type": "chatglm", "inner_hidden_size": 8, "vocab_size": 265, "bos_token_id": 7, "eos_token_id": 8}""");
    }

    private static string Line(string piece) => piece.ReplaceLineEndings("\n");

    private List<string> Shown(string answer, PromptTemplate template = PromptTemplate.Chat, TextTokenizer? tokenizer = null)
    {
        List<string> pieces = [];
        using (var stream = new AnswerStream(tokenizer ?? TextTokenizer.Open(_folder.Path), [], template, pieces.Add))
        {
            foreach (var value in Encoding.UTF8.GetBytes(answer))
                stream.Add(value + _firstByte);
        }

        Assert.All(pieces, piece => Assert.Equal(piece, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(piece))));
        return pieces;
    }
}
