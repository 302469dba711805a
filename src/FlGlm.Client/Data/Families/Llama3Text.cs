using FlGlm.Client.Tokenizers;

namespace FlGlm.Client.Data.Families;

/// <summary>Llama-3: Llama's sequence; in a chat every message stands between a header with its role and an end mark of its own.</summary>
/// <remarks>The lines about dates that the templates of Llama-3.1 and later put into the system text are not added.</remarks>
internal sealed class Llama3Text : LlamaText
{
    private const string StartHeader = "<|start_header_id|>";
    private const string EndHeader = "<|end_header_id|>";
    private const string EndOfTurn = "<|eot_id|>";

    private readonly int _startHeader;
    private readonly int _endHeader;
    private readonly int _endOfTurn;

    internal Llama3Text(TextPieces pieces, ModelIds ids, TokenizerConfig config, bool parsesSpecialTokens)
        : base(pieces, ids, config, parsesSpecialTokens)
    {
        (_startHeader, _endHeader, _endOfTurn) = (pieces.Vocabulary[StartHeader], pieces.Vocabulary[EndHeader], pieces.Vocabulary[EndOfTurn]);
        StopIds = [.. base.StopIds.Union([_endOfTurn])];
    }

    internal override string Name => "Llama-3";

    internal override IReadOnlyList<int> StopIds { get; }

    /// <summary>Whether a tokenizer has the marks of the form.</summary>
    internal static bool HasMarks(TextPieces pieces) =>
        new[] { StartHeader, EndHeader, EndOfTurn }.All(pieces.Vocabulary.ContainsKey);

    internal override SequenceForm FormOf(PromptTemplate template) =>
        template == PromptTemplate.Chat ? Form with { Closing = [_endOfTurn] } : Form;

    private protected override IReadOnlyList<EncodedTurn> EncodeChat(Dialogue dialogue, string? answer)
    {
        var turns = new List<EncodedTurn>();
        int[] before = dialogue.System.Length > 0 ? Message("system", dialogue.System) : [];
        foreach (var round in dialogue.History)
        {
            var turn = Turn(round.Question, round.Answer);
            turns.Add(new EncodedTurn([.. before, .. turn.Question], [.. turn.Answer, _endOfTurn]));
            before = [];
        }

        var last = Turn(dialogue.Prompt, answer);
        return [.. turns, last with { Question = [.. before, .. last.Question] }];
    }

    private EncodedTurn Turn(string question, string? answer)
    {
        var begun = answer is null ? new EncodedTurn(Encode("\n\n"), []) : EncodeJoined("\n\n", answer.Trim());
        return begun with { Question = [.. Message("user", question), .. Header("assistant"), .. begun.Question] };
    }

    private int[] Message(string role, string content) => [.. Header(role), .. Encode("\n\n" + content.Trim()), _endOfTurn];

    private int[] Header(string role) => [_startHeader, .. Encode(role), _endHeader];
}
