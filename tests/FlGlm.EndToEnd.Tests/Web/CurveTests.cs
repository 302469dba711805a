using FlGlm.Cli.Web.State;

namespace FlGlm.EndToEnd.Tests.Web;

public sealed class CurveTests
{
    [Fact]
    public void A_short_curve_is_kept_as_it_is()
    {
        var curve = Made(20, x => x * x);

        Assert.Equal(Enumerable.Range(1, 20).Select(x => ((double)x, (double)(x * x))), curve.Points);
    }

    [Theory]
    [InlineData(999)]
    [InlineData(10_000)]
    [InlineData(100_001)]
    public void A_long_curve_has_at_most_a_thousand_points_and_loses_no_peak(int count)
    {
        var (peak, pit) = (count / 3, count / 2);
        var curve = Made(count, x => x == peak ? 1000 : x == pit ? -1000 : Math.Sin(x));

        Assert.InRange(curve.Points.Count, Curve.MaxPoints / 4, Curve.MaxPoints);
        Assert.Contains((peak, 1000), curve.Points);
        Assert.Contains((pit, -1000), curve.Points);
        Assert.Equal(curve.Points.Select(point => point.X).Order(), curve.Points.Select(point => point.X));
        Assert.Equal(count, curve.Buckets.Sum(bucket => bucket.Count));
    }

    [Fact]
    public void The_mean_is_that_of_all_points()
    {
        var curve = Made(12_345, x => x);

        Assert.Equal(Enumerable.Range(1, 12_345).Average(), curve.Buckets.Sum(bucket => bucket.Sum) / curve.Buckets.Sum(bucket => bucket.Count));
    }

    [Fact]
    public void What_comes_after_a_step_goes_and_the_curve_goes_on()
    {
        var curve = Made(100, x => x);

        curve.RemoveAfter(40);
        curve.Add(41, -1);

        Assert.Equal(41, curve.Points.Count);
        Assert.Equal((41, -1), curve.Points[^1]);
    }

    [Fact]
    public void What_cannot_be_drawn_is_left_out()
    {
        var curve = Made(3, x => x == 2 ? double.NaN : double.PositiveInfinity);
        Assert.Empty(curve.Points);
    }

    private static Curve Made(int count, Func<int, double> value)
    {
        var curve = new Curve();
        for (var x = 1; x <= count; x++)
            curve.Add(x, value(x));
        return curve;
    }
}
