using FlGlm.Client.Data;
using FlGlm.Client.Data.Families;

namespace FlGlm.Client.Tasks;

/// <summary>A question as token ids, with each of its answers.</summary>
/// <param name="Turns">one for each answer: the prompt as it stands before that answer, and the answer</param>
/// <param name="Form">the marks around them</param>
/// <param name="IsShortened">whether the prompt has lost something to the longest row allowed</param>
internal sealed record EncodedQuestion(IReadOnlyList<EncodedTurn> Turns, SequenceForm Form, bool IsShortened)
{
    /// <summary>The longest row, marks included.</summary>
    public int Length => Form.MarkCount + Turns.Max(turn => turn.Length);

    /// <summary>The prompt up to where an answer begins.</summary>
    public int[] Prompt(int turn) => Form.Prompt(Turns[turn].Question);

    /// <summary>The row that teaches an answer and its end, and nothing else.</summary>
    public Example Example(int turn) => Form.Sample(Turns[turn].Question, Turns[turn].Answer);
}
