using FlGlm.Client.Tasks;

namespace FlGlm.Client.Evaluation;

/// <summary>A question to answer.</summary>
/// <param name="Item">The question.</param>
/// <param name="Encoded">With its answers to choose from, or alone where the answer is free.</param>
/// <param name="Choices">The answers to choose from; none where the answer is free.</param>
internal sealed record EvaluationQuestion(TaskItem Item, EncodedQuestion Encoded, IReadOnlyList<TaskChoice> Choices);
