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
        StopIds = [.. EndIds, _user, observation];
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

    private protected override IReadOnlyList<int> EncodeChat(Dialogue dialogue)
    {
        var ids = new List<int>();
        if (dialogue.System.Length > 0)
            ids.AddRange([_system, .. Content(dialogue.System)]);
        foreach (var (question, answer) in dialogue.History)
            ids.AddRange([_user, .. Content(question), _assistant, .. Content(answer)]);
        return [.. ids, _user, .. Content(dialogue.Prompt), _assistant];
    }

    /// <summary>The model says the line break behind its role itself.</summary>
    private protected override IReadOnlyList<int> EncodeChatAnswer(string answer) => Content(answer);

    /// <summary>The content is encoded apart from the line break before it.</summary>
    private int[] Content(string text) => [.. Encode("\n"), .. Encode(text)];
}
