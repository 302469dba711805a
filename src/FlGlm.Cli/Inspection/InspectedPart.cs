using FlGlm.Core.Models;

namespace FlGlm.Cli.Inspection;

/// <summary>The tensors of one stage.</summary>
/// <param name="Stage"><c>head</c>, <c>middle</c> or <c>tail</c>.</param>
/// <param name="Blocks">e.g. <c>blocks 1..6</c>.</param>
/// <param name="Tensors">How many tensors.</param>
/// <param name="Parameters">How many numbers.</param>
/// <param name="Bytes">As stored.</param>
internal sealed record InspectedPart(string Stage, string Blocks, int Tensors, long Parameters, long Bytes)
{
    public static InspectedPart Of(StageName stage, SplitPlan plan, IReadOnlyCollection<InspectedTensor> tensors) => new(
        stage.ToString().ToLowerInvariant(),
        plan[stage].ToString(),
        tensors.Count,
        tensors.Sum(tensor => tensor.Parameters),
        tensors.Sum(tensor => tensor.Bytes));
}
