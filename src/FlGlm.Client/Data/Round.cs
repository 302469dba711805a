namespace FlGlm.Client.Data;

/// <summary>One exchange of a dialogue.</summary>
/// <param name="Question">What the user said.</param>
/// <param name="Answer">What the model said.</param>
public sealed record Round(string Question, string Answer);
