namespace FlGlm.EndToEnd.Tests.TensorBoard;

/// <summary>A value of an event, read back: a scalar, a histogram or a text.</summary>
/// <param name="Plugin">Which shows it; null = what TensorBoard guesses.</param>
internal sealed record EventRecordValue(string Tag, float? Scalar, EventRecordHistogram? Histogram, string? Text, string? Plugin);
