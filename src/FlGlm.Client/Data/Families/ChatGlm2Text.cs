using FlGlm.Client.Tokenizers;

namespace FlGlm.Client.Data.Families;

/// <summary>ChatGLM2: [gMASK] sop prompt answer eos. The marks' ids follow those of the pieces.</summary>
internal class ChatGlm2Text : TextFamily
{
    private readonly TextPieces _pieces;

    internal ChatGlm2Text(TextPieces pieces, ModelIds ids)
    {
        _pieces = pieces;
        Pieces = pieces.PieceCount ?? throw new ArgumentException($"A {Name}'s marks follow its pieces: give the tokenizer's vocabulary too.");
        EndIds = ids.Eos.Count > 0 ? ids.Eos : pieces.End is { } end ? [end] : throw new ArgumentException("The tokenizer has no end mark.");
        StopIds = [.. EndIds.Union(ids.MoreStops)];
        Form = new SequenceForm(Opening: [Pieces + 1, Pieces + 3], AnswerMarks: [], LearntMarks: 0, Closing: [EndIds[0]]);
    }

    internal override string Name => "ChatGLM2";

    /// <summary>Behind the pieces: [MASK], [gMASK], [sMASK], sop, eop.</summary>
    internal override int VocabularySize => Pieces + 5;

    internal override SequenceForm Form { get; }

    internal override IReadOnlyList<int> StopIds { get; }

    /// <summary>The published vocabulary is padded to a multiple of 1024 at most; more than that is another tokenizer's.</summary>
    private protected override int MostPadding => 1024;

    /// <summary>The id of the first mark.</summary>
    private protected int Pieces { get; }

    /// <summary>The ids that end a text.</summary>
    private protected IReadOnlyList<int> EndIds { get; }

    internal sealed override IReadOnlyList<int> Encode(string text) => _pieces.Ids(text);

    internal override string Decode(IEnumerable<int> ids) => _pieces.Decode(ids);

    internal override string CleanAnswer(string answer) => ChatGlmAnswer.Clean(answer);

    internal override int SettledLength(string answer) => ChatGlmAnswer.Settled(answer);

    private protected override IReadOnlyList<EncodedTurn> EncodeChat(Dialogue dialogue, string? answer)
    {
        var system = dialogue.System.Length == 0 ? "" : dialogue.System + "\n";
        var rounds = dialogue.History.Select((round, number) =>
            $"[Round {number + 1}]\n\n问：{round.Question}\n\n答：{round.Answer}\n\n");
        var prompt = $"{system}{string.Concat(rounds)}[Round {dialogue.History.Count + 1}]\n\n问：{dialogue.Prompt}\n\n答：";
        return [new EncodedTurn(Encode(prompt), answer is null ? [] : Encode(answer))];
    }
}
