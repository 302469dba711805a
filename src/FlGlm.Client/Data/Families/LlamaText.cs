using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Families;

/// <summary>Llama and Llama-2: [bos] prompt answer eos.</summary>
internal class LlamaText : TextFamily
{
    private readonly TextPieces _pieces;
    private readonly int[] _textEnd;
    private readonly bool _hasChat;
    private readonly bool _parsesSpecialTokens;

    internal LlamaText(TextPieces pieces, ModelIds ids, TokenizerConfig config, bool parsesSpecialTokens)
    {
        (_pieces, _parsesSpecialTokens) = (pieces, parsesSpecialTokens);
        VocabularySize = pieces.Size ?? ids.VocabularySize;
        var bos = ids.Bos ?? pieces.Beginning;
        int[] ends = ids.Eos.Count > 0 ? [.. ids.Eos] : pieces.End is { } eos ? [eos] : [];
        StopIds = [.. ends.Union(ids.MoreStops)];
        int[] closing = pieces.End is { } end && ends.Contains(end) ? [end] : [.. ends.Take(1)];
        Form = new SequenceForm(bos is { } mark && (config.AddBos ?? pieces.AddsBeginning) != false ? [mark] : [], AnswerMarks: [], LearntMarks: 0, closing);
        _hasChat = config.IsLlama2Chat;
        _textEnd = (config.AddEos ?? pieces.AddsEnd) == true ? closing : [];
    }

    internal override string Name => "Llama-2";

    internal override int VocabularySize { get; }

    internal override SequenceForm Form { get; }

    internal override IReadOnlyList<int> StopIds { get; }

    internal override bool EndsEveryAnswer => true;

    internal override bool HasChat => _hasChat;

    internal override IReadOnlyList<int> Encode(string text) => _parsesSpecialTokens ? _pieces.ParsedIds(text) : _pieces.Ids(text);

    internal override string Decode(IEnumerable<int> ids) => _pieces.Decode(ids);

    internal override IEnumerable<string> SpecialTokensIn(string text) =>
        _parsesSpecialTokens ? _pieces.SpecialTokensIn(text) : [];

    /// <summary>The text is tokenised whole: bos, where the tokenizer adds one, stands once, before the first token.</summary>
    internal override IEnumerable<Example> CutText(string text, int maxLength, bool isDocument) =>
        Form.Opening.Concat(Encode(text)).Concat(isDocument ? Form.Closing : _textEnd).Chunk(maxLength).Select(row => Example.WithTargets(row, row.Length));

    /// <summary>Every turn has bos and eos of its own; the system text stands inside the first question.</summary>
    private protected override IReadOnlyList<EncodedTurn> EncodeChat(Dialogue dialogue, string? answer)
    {
        if (!_hasChat)
        {
            throw new ConfigurationException(
                "data.template",
                "chat sets Llama-2's and Llama-3's forms, and the checkpoint's chat_template is another; none, with its marks written out in the rows.");
        }

        var system = dialogue.System.Length == 0 ? "" : $"<<SYS>>\n{dialogue.System}\n<</SYS>>\n\n";
        var turns = new List<EncodedTurn>();
        foreach (var round in dialogue.History)
        {
            var turn = Turn(system + round.Question, round.Answer);
            turns.Add(new EncodedTurn([.. turns.Count > 0 ? Form.Opening : [], .. turn.Question], [.. turn.Answer, .. Form.Closing]));
            system = "";
        }

        var last = Turn(system + dialogue.Prompt, answer);
        return [.. turns, last with { Question = [.. turns.Count > 0 ? Form.Opening : [], .. last.Question] }];
    }

    private EncodedTurn Turn(string question, string? answer)
    {
        var prompt = $"[INST] {question.Trim()} [/INST]";
        return answer is null ? new EncodedTurn(Encode(prompt), []) : EncodeJoined(prompt, $" {answer.Trim()} ");
    }
}
