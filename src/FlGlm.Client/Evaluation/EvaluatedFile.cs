namespace FlGlm.Client.Evaluation;

/// <summary>A file that has been evaluated.</summary>
/// <param name="Path">As it was named.</param>
/// <param name="Sha256">Of its bytes, in hexadecimal.</param>
public sealed record EvaluatedFile(string Path, string Sha256);
