namespace FlGlm.EndToEnd.Tests.TensorBoard;

/// <summary>A histogram of an event, read back.</summary>
internal sealed record EventRecordHistogram(double Min, double Max, double Count, double Sum, double SumOfSquares, IReadOnlyList<double> Limits, IReadOnlyList<double> Buckets);
