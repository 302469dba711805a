using FlGlm.Client.Tokenizers;

namespace FlGlm.Client.Data.Families;

/// <summary>Llama and Llama-2: [bos] prompt answer eos.</summary>
internal sealed class LlamaText : TextFamily
{
    private readonly TextPieces _pieces;
    private readonly int[] _textEnd;

    internal LlamaText(TextPieces pieces, ModelIds ids, TokenizerConfig config)
    {
        _pieces = pieces;
        VocabularySize = pieces.Size ?? ids.VocabularySize;
        var bos = ids.Bos ?? pieces.Beginning;
        StopIds = ids.Eos.Count > 0 ? ids.Eos : pieces.End is { } eos ? [eos] : [];
        int[] closing = [.. StopIds.Take(1)];
        Form = new SequenceForm(bos is { } mark && (config.AddBos ?? pieces.AddsBeginning) != false ? [mark] : [], AnswerMarks: [], LearntMarks: 0, closing);
        _textEnd = (config.AddEos ?? pieces.AddsEnd) == true ? closing : [];
    }

    internal override string Name => "Llama-2";

    internal override int VocabularySize { get; }

    internal override SequenceForm Form { get; }

    internal override IReadOnlyList<int> StopIds { get; }

    internal override IReadOnlyList<int> Encode(string text) => _pieces.Ids(text);

    internal override string Decode(IEnumerable<int> ids) => _pieces.Decode(ids);

    /// <summary>The text is tokenised whole: bos, where the tokenizer adds one, stands once, before the first token.</summary>
    internal override IEnumerable<Example> CutText(string text, int maxLength) =>
        Form.Opening.Concat(Encode(text)).Concat(_textEnd).Chunk(maxLength).Select(row => Example.WithTargets(row, row.Length));

    /// <summary>Every turn has marks of its own; the system text stands inside the first question.</summary>
    private protected override IReadOnlyList<int> EncodeChat(Dialogue dialogue)
    {
        var system = dialogue.System.Length == 0 ? "" : $"<<SYS>>\n{dialogue.System}\n<</SYS>>\n\n";
        var ids = new List<int>();
        foreach (var (question, answer) in dialogue.History)
        {
            ids.AddRange([.. Encode($"{Instruct(system + question)} {answer.Trim()} "), .. Form.Closing, .. Form.Opening]);
            system = "";
        }
        ids.AddRange(Encode(Instruct(system + dialogue.Prompt)));
        return ids;
    }

    private protected override IReadOnlyList<int> EncodeChatAnswer(string answer) => Encode(answer.Trim() + " ");

    private static string Instruct(string text) => $"[INST] {text.Trim()} [/INST]";
}
