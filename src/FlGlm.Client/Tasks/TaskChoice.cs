namespace FlGlm.Client.Tasks;

/// <summary>One of the answers that a question may have.</summary>
/// <param name="Label">What it is called where answers are judged.</param>
/// <param name="Text">What the model reads: of a label its verbalizer.</param>
public sealed record TaskChoice(string Label, string Text);
