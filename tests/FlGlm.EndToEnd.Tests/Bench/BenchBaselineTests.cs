using FlGlm.Cli;
using FlGlm.Cli.Bench;
using FlGlm.Cli.Simulation;
using FlGlm.Core.Configuration;
using FlGlm.EndToEnd.Tests.Simulation;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Bench;

/// <summary>Figures beside their baseline.</summary>
public sealed class BenchBaselineTests : IDisposable
{
    private static readonly SimulateCell Cell = SampleCells.Cell();
    private static readonly CellResult Result = SampleCells.Result(Cell, seconds: 1, accuracy: 60);
    private static readonly FlGlmConfig Config = new() { Training = new TrainingSettings { Steps = 7 } };
    private readonly TempFolder _folder = new();

    private static BenchBaseline Baseline { get; } = BenchBaseline.Of(Config, new BenchTolerance(Loss: 0.01, Score: 1), [Result]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2.5, 60, "")]
    [InlineData(2.509, 59, "")]
    [InlineData(2.52, 60, "loss")]
    [InlineData(2.48, 62, "loss, accuracy")]
    [InlineData(double.NaN, 60, "loss")]
    public void Figures_move_that_are_further_away_than_the_tolerance(double loss, double accuracy, string moved)
    {
        var now = Result with { Loss = loss, Scores = new Dictionary<string, double> { ["accuracy"] = accuracy } };

        var figures = Baseline.Compare([(Cell.Name, now)]);

        Assert.Equal(["loss", "accuracy"], figures.Select(figure => figure.Name));
        Assert.Equal(moved, string.Join(", ", figures.Where(figure => figure.HasMoved).Select(figure => figure.Name)));
    }

    [Fact]
    public void A_run_that_has_failed_and_one_that_the_baseline_lacks_have_moved()
    {
        var other = SampleCells.Cell(StrategyName.ClientBatch);

        var figures = Baseline.Compare([(Cell.Name, null), (other.Name, SampleCells.Result(other, 1)), ("third", null)]);

        Assert.All(figures, figure => Assert.True(figure.HasMoved));
        Assert.Equal([(Cell.Name, "loss"), (Cell.Name, "accuracy"), (other.Name, "loss"), ("third", "all")], figures.Select(figure => (figure.Cell, figure.Name)));
        Assert.Equal($"| {other.Name} | loss | none | 2.5000 |  | 0.01 | moved |", figures[2].ToString());
    }

    [Fact]
    public void A_baseline_is_read_as_it_was_written_and_knows_its_configuration()
    {
        var path = _folder.At("baseline.json");
        Baseline.Write(path);

        var read = BenchBaseline.Read(path)!;
        read.ExpectSame(Config, path);
        var error = Assert.Throws<ConfigurationException>(() => read.ExpectSame(Config with { Training = new TrainingSettings { Steps = 8 } }, path));

        Assert.Equal((Baseline.Version, Baseline.Configuration, Baseline.Tolerance), (read.Version, read.Configuration, read.Tolerance));
        Assert.DoesNotContain(read.Compare([(Cell.Name, Result)]), figure => figure.HasMoved);
        var problem = Assert.Single(error.Problems);
        Assert.Equal(("training.steps", $"is 8, and the baseline '{path}' was measured with 7; the same, or --update."), (problem.Key, problem.Message));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("none")]
    [InlineData("{\"version\": 1}")]
    public void A_file_that_is_no_baseline_is_refused(string text)
    {
        var path = _folder.Write("baseline.json", text);

        var error = Assert.Throws<ConfigurationException>(() => BenchBaseline.Read(path));

        Assert.StartsWith($"'{path}' is no baseline", Assert.Single(error.Problems).Message, StringComparison.Ordinal);
        Assert.Null(BenchBaseline.Read(_folder.At("another.json")));
    }
}
