using FlGlm.Privacy.Penalties;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Tests.Penalties;

public sealed class RowDependenceTests
{
    private static readonly double[][] Embeddings = Values(seed: 1, rows: 5, columns: 3);
    private static readonly double[][] Hidden = Values(seed: 2, rows: 5, columns: 4);

    [Fact]
    public void Distance_correlation_equals_its_definition()
    {
        var (a, b) = (CentredDistances(Embeddings), CentredDistances(Hidden));

        Assert.Equal(Math.Sqrt(Sum(a, b) / Math.Sqrt(Sum(a, a) * Sum(b, b))), Distance(Embeddings, Hidden), 1e-9);
    }

    /// <summary>From the H x H cross-covariances, where the code uses T x T products.</summary>
    [Fact]
    public void The_rv_coefficient_equals_its_definition()
    {
        var (x, z) = (CentredColumns(Embeddings), CentredColumns(Hidden));

        Assert.Equal(Squares(x, z) / Math.Sqrt(Squares(x, x) * Squares(z, z)), Linear(Embeddings, Hidden), 1e-9);

        static double Squares(double[][] left, double[][] right) => Enumerable.Range(0, left[0].Length).Sum(i => Enumerable.Range(0, right[0].Length)
            .Sum(j => Math.Pow(Enumerable.Range(0, left.Length).Sum(row => left[row][i] * right[row][j]), 2)));
    }

    [Fact]
    public void Both_are_1_for_a_scaled_and_shifted_copy_and_0_for_the_same_number_everywhere()
    {
        double[][] copy = [.. Embeddings.Select(row => row.Select(value => (3 * value) - 2).ToArray())];
        double[][] constant = [.. Embeddings.Select(_ => new[] { 0.5, 0.5 })];

        Assert.Equal((1, 1), (Math.Round(Distance(Embeddings, copy), 9), Math.Round(Linear(Embeddings, copy), 9)));
        Assert.Equal((0, 0), (Math.Round(Distance(Embeddings, constant), 5), Math.Round(Linear(Embeddings, constant), 5)));
    }

    /// <summary>x and x^2 over numbers around 0 are not correlated, and depend on one another.</summary>
    [Fact]
    public void Only_the_distance_correlation_sees_what_is_not_linear()
    {
        double[][] numbers = [.. Enumerable.Range(-3, 7).Select(x => new double[] { x })];
        double[][] squares = [.. numbers.Select(x => new[] { x[0] * x[0] })];

        Assert.Equal(0, Linear(numbers, squares), 1e-9);
        Assert.True(Distance(numbers, squares) > 0.4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_gradient_equals_finite_differences_also_where_two_positions_are_the_same(bool isDistance)
    {
        const double Step = 1e-6;
        double[][] embeddings = [.. Embeddings, Embeddings[0]];
        double[][] hidden = [.. Hidden, Hidden[1].ToArray()];
        hidden[^1][0] += 0.3;
        using var scope = NewDisposeScope();
        using var leaf = Tensor(hidden).requires_grad_();
        (isDistance ? RowDependence.Distance(Tensor(embeddings), leaf) : RowDependence.Linear(Tensor(embeddings), leaf)).backward();
        var gradient = leaf.grad!.data<double>().ToArray();

        for (var at = 0; at < gradient.Length; at++)
        {
            Assert.Equal((Moved(at, Step) - Moved(at, -Step)) / (2 * Step), gradient[at], 1e-7);
        }

        double Moved(int at, double by)
        {
            double[][] moved = [.. hidden.Select(row => row.ToArray())];
            moved[at / 4][at % 4] += by;
            return isDistance ? Distance(embeddings, moved) : Linear(embeddings, moved);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_gradient_is_finite_where_all_positions_are_the_same(bool isDistance)
    {
        using var scope = NewDisposeScope();
        using var leaf = ones(3, 4).requires_grad_();
        using var same = ones(3, 4);

        (isDistance ? RowDependence.Distance(same, leaf) : RowDependence.Linear(same, leaf)).backward();

        Assert.All(leaf.grad!.data<float>().ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    private static double Distance(double[][] embeddings, double[][] hidden)
    {
        using var scope = NewDisposeScope();
        return RowDependence.Distance(Tensor(embeddings), Tensor(hidden)).item<double>();
    }

    private static double Linear(double[][] embeddings, double[][] hidden)
    {
        using var scope = NewDisposeScope();
        return RowDependence.Linear(Tensor(embeddings), Tensor(hidden)).item<double>();
    }

    private static Tensor Tensor(double[][] rows) => tensor(rows.SelectMany(row => row).ToArray()).view(rows.Length, rows[0].Length);

    private static double[][] CentredDistances(double[][] rows)
    {
        double[][] all = [.. rows.Select(one => rows.Select(other => Math.Sqrt(one.Zip(other).Sum(pair => Math.Pow(pair.First - pair.Second, 2)))).ToArray())];
        double[] means = [.. all.Select(row => row.Average())];
        return [.. all.Select((row, i) => row.Select((value, j) => value - means[i] - means[j] + means.Average()).ToArray())];
    }

    private static double[][] CentredColumns(double[][] rows) =>
        [.. rows.Select(row => row.Select((value, column) => value - rows.Average(other => other[column])).ToArray())];

    private static double Sum(double[][] a, double[][] b) => a.Zip(b).Sum(pair => pair.First.Zip(pair.Second).Sum(values => values.First * values.Second));

    private static double[][] Values(int seed, int rows, int columns)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => random.NextDouble() - 0.5).ToArray())];
    }
}
