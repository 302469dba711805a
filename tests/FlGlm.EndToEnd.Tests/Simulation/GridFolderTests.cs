using FlGlm.Cli;
using FlGlm.Cli.Simulation;
using FlGlm.Cli.Web;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Simulation;

public sealed class GridFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FlGlmConfig _config = new() { Simulate = new SimulateSettings { Seeds = [1, 2] } };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_result_is_kept_for_a_later_start_with_the_same_configuration()
    {
        var cell = SampleCells.Cell();
        var result = SampleCells.Result(cell, 10, accuracy: 50);
        using (var first = Open(_config))
        {
            Assert.Null(first.Read<CellResult>(cell.Name));
            Directory.CreateDirectory(first.Begin(cell.Name));
            first.Write(cell.Name, result);
        }

        using var second = Open(_config);

        Assert.Equivalent(result, second.Read<CellResult>(cell.Name), strict: true);
        Assert.Equal(["result.json"], Directory.GetFiles(_folder.At("out", cell.Name)).Select(Path.GetFileName));
    }

    [Fact]
    public void A_cell_without_a_result_begins_in_an_empty_folder()
    {
        using var folder = Open(_config);
        Directory.CreateDirectory(_folder.At("out", SampleCells.Cell().Name, "client1"));

        Assert.False(Path.Exists(folder.Begin(SampleCells.Cell().Name)));
    }

    [Fact]
    public void Another_address_of_the_page_makes_no_other_simulation()
    {
        Open(_config).Dispose();
        Open(_config with { Web = new WebSettings { Listen = "127.0.0.1:8080" } }).Dispose();
    }

    [Fact]
    public void Another_configuration_is_refused_by_the_keys_that_differ()
    {
        Open(_config).Dispose();

        var refused = Assert.Throws<ConfigurationException>(() => Open(_config with
        {
            Training = new TrainingSettings { Steps = 7 }, Simulate = new SimulateSettings { Strategies = [StrategyName.Serial], Seeds = [1, 2, 3] },
        }));

        Assert.Equal(
            [
                $"training.steps: is 7, and the grid in '{_folder.At("out")}' has 100; the same, or another --out.",
                $"simulate.strategies: is [serial], and the grid in '{_folder.At("out")}' has auto; the same, or another --out.",
                $"simulate.seeds: is [1, 2, 3], and the grid in '{_folder.At("out")}' has [1, 2]; the same, or another --out.",
            ],
            refused.Problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void A_folder_with_something_else_or_in_use_is_refused()
    {
        _folder.Write("notes.txt", "");
        Assert.Contains("holds no grid of runs", Assert.Throws<ConfigurationException>(() => GridFolder.Open(_folder.Path, _config)).Message, StringComparison.Ordinal);
        Assert.Equal(["notes.txt"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));

        using var first = Open(_config);
        Assert.StartsWith("--out: ", Assert.Throws<ConfigurationException>(() => Open(_config)).Message, StringComparison.Ordinal);
    }

    private GridFolder Open(FlGlmConfig config) => GridFolder.Open(_folder.At("out"), config);
}
