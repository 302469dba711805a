using System.Text;
using FlGlm.Client.Tokenizers;

namespace FlGlm.Client.Data.Families;

/// <summary>ChatGLM3: ChatGLM2's form, with a mark for each role of a dialogue. A role spelt out in a text stays text.</summary>
internal sealed class ChatGlm3Text : ChatGlm2Text
{
    private const string AssistantMark = "<|assistant|>";
    private readonly int _system;
    private readonly int _user;
    private readonly int _assistant;

    internal ChatGlm3Text(TextPieces pieces, ModelIds ids)
        : base(pieces, ids)
    {
        (_system, _user, _assistant) = (Pieces + 5, Pieces + 6, Pieces + 7);
        var observation = Pieces + 8;
        StopIds = [.. base.StopIds.Union([_user, observation])];
    }

    internal override string Name => "ChatGLM3";

    /// <summary>Behind ChatGLM2's marks: system, user, assistant, observation.</summary>
    internal override int VocabularySize => Pieces + 9;

    /// <summary>The end mark, or a turn that is not the model's.</summary>
    internal override IReadOnlyList<int> StopIds { get; }

    /// <summary>The mark between two turns of an answer is spelt out, for <see cref="CleanAnswer"/> to find.</summary>
    internal override string Decode(IEnumerable<int> ids)
    {
        var text = new StringBuilder();
        var turn = new List<int>();
        foreach (var id in ids)
        {
            if (id == _assistant)
            {
                text.Append(base.Decode(turn)).Append(AssistantMark);
                turn.Clear();
            }
            else
            {
                turn.Add(id);
            }
        }

        return text.Append(base.Decode(turn)).ToString();
    }

    /// <summary>Of several turns the last one's; one that calls a tool, whose name stands in its first line, stays as it is.</summary>
    internal override string CleanAnswer(string answer)
    {
        var turn = answer.Split(AssistantMark)[^1];
        var metadata = turn.Contains('\n', StringComparison.Ordinal) ? turn[..turn.IndexOf('\n', StringComparison.Ordinal)] : "";
        return string.IsNullOrWhiteSpace(metadata) ? base.CleanAnswer(turn) : turn.Trim();
    }

    internal override bool EndsEveryAnswer => true;

    /// <summary>
    /// What ends an earlier answer is the mark of the user's next turn. The model writes the line break behind its own role itself.
    /// </summary>
    private protected override IReadOnlyList<EncodedTurn> EncodeChat(Dialogue dialogue, string? answer)
    {
        var turns = new List<EncodedTurn>();
        int[] before = dialogue.System.Length > 0 ? [_system, .. Content(dialogue.System), _user] : [_user];
        foreach (var round in dialogue.History)
        {
            turns.Add(new EncodedTurn([.. before, .. Content(round.Question), _assistant], [.. Content(round.Answer), _user]));
            before = [];
        }

        return [.. turns, new EncodedTurn([.. before, .. Content(dialogue.Prompt), _assistant], answer is null ? [] : Content(answer))];
    }

    /// <summary>The content is encoded apart from the line break before it.</summary>
    private int[] Content(string text) => [.. Encode("\n"), .. Encode(text)];
}
