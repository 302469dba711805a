namespace FlGlm.Client.Data;

/// <summary>One exchange of a dialogue.</summary>
/// <param name="Question">What the user said.</param>
/// <param name="Answer">What the model said.</param>
public sealed record Round(string Question, string Answer)
{
    /// <summary>Whether the answer is learnt; null = as <c>data.loss_on</c> says.</summary>
    internal bool? IsLearnt { get; init; }
}
