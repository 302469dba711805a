using System.Text;
using FlGlm.Cli.Generation;
using FlGlm.Client.Data;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Generation;

public sealed class AnswerStreamTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public AnswerStreamTests() => ByteTokenizer.WriteTo(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("né 👋👋!", "né ", "👋", "👋!\n")]
    [InlineData("👍", "👍\n")]
    [InlineData(" a b  ", "a", " b\n")]
    [InlineData("", "\n")]
    public void Pieces_are_whole_characters(string answer, params string[] pieces) => Assert.Equal(pieces, Shown(answer).Select(Line));

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

    private static string Line(string piece) => piece.ReplaceLineEndings("\n");

    private List<string> Shown(string answer)
    {
        List<string> pieces = [];
        using (var stream = new AnswerStream(TextTokenizer.Open(_folder.Path), pieces.Add))
        {
            foreach (var id in ByteTokenizer.Ids(answer))
                stream.Add(id);
        }

        Assert.All(pieces, piece => Assert.Equal(piece, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(piece))));
        return pieces;
    }
}
