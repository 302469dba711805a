namespace FlGlm.Client.Data.Families;

/// <summary>A question and its answer as ids. The turns of a row, one after the other between the marks of a <see cref="SequenceForm"/>, are the row.</summary>
/// <param name="Question">With the marks that the chat form puts before an answer.</param>
/// <param name="Answer">With the mark that ends it where another turn follows.</param>
internal sealed record EncodedTurn(IReadOnlyList<int> Question, IReadOnlyList<int> Answer)
{
    internal int Length => Question.Count + Answer.Count;
}
