using Xunit;
using static TorchSharp.torch;

namespace FlGlm.Testing;

/// <summary>The largest allowed difference between a quantity and its reference.</summary>
/// <param name="Quantity">names it in the report of worst deviations</param>
/// <param name="IsRelative">largest difference over the reference's largest value; else the largest difference itself</param>
public sealed record Tolerance(string Quantity, double Limit, bool IsRelative)
{
    public static Tolerance Relative(string quantity, double limit) => new(quantity, limit, IsRelative: true);

    public static Tolerance Absolute(string quantity, double limit) => new(quantity, limit, IsRelative: false);

    public void Check(double expected, double actual, string what = "") =>
        Judge(Math.Abs(actual - expected), Math.Abs(expected), what);

    /// <summary>Fails unless both have one shape and lie within the limit.</summary>
    public void Check(Tensor expected, Tensor actual, string what = "")
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        var reference = expected.detach().cpu().to(float64);
        var difference = (actual.detach().cpu().to(float64) - reference).abs().max().item<double>();
        Judge(difference, reference.abs().max().item<double>(), what);
    }

    private void Judge(double difference, double scale, string what)
    {
        var deviation = !IsRelative ? difference : scale > 0 ? difference / scale : difference == 0 ? 0 : double.PositiveInfinity;
        WorstDeviations.Record(this, deviation);
        Assert.True(deviation <= Limit, $"{Quantity} {what}: deviation {deviation:G3}, limit {Limit:G3}{(IsRelative ? " relative" : "")}");
    }
}
