using FlGlm.Cli.Simulation;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Simulation;

/// <summary>Tables and plots.</summary>
public sealed class SimulateResultsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_csv_has_a_row_for_each_cell_also_one_without_a_result()
    {
        var csv = Seeds().Csv().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("cell,strategy,clients,average_period,partition,task,method,seed,ended,steps,samples,seconds_per_1000_samples,wall_s,step_s,loss,accuracy,megabytes_up,megabytes_down", csv[0]);
        Assert.Equal("Serial-2-iid-1,serial,2,50,iid,superglue/copa,lora,1,yes,40,160,10,1.6,1.5,2.5,50,2,1", csv[1]);
        Assert.Equal("ClientBatch-2-iid-2,client_batch,2,50,iid,superglue/copa,lora,2,no,,,,,,,,,", csv[4]);
        Assert.Equal(5, csv.Length);
    }

    [Fact]
    public void The_table_has_means_over_the_seeds_and_names_what_is_missing()
    {
        var lines = Seeds().Markdown().ToList();

        Assert.StartsWith("| strategy | seconds per 1000 samples | ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("| serial | 12.00 ± 2.83 (2) | ", lines[2], StringComparison.Ordinal);
        Assert.Contains(" | 55.00 ± 7.07 (2) | ", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("| client_batch | 5.0000 (1) | ", lines[3], StringComparison.Ordinal);
        Assert.Equal("- ClientBatch-2-iid-2 has not ended well, or not yet.", lines[^1]);
    }

    [Fact]
    public void Plots_are_lines_over_the_number_that_varies_most_and_bars_over_partitions()
    {
        var cells = new[] { 2, 3, 5 }.SelectMany(clients => new[] { "iid", "label_skew" }.SelectMany(partition => new long[] { 1, 2 }.Select(seed =>
            SampleCells.Cell(StrategyName.ClientBatch, clients, partition, seed))));
        var results = new SimulateResults([.. cells.Select(cell => (cell, (CellResult?)SampleCells.Result(cell, 10.0 / cell.Clients, 50 + cell.Seed)))]);

        var written = SimulatePlots.Write(results, _folder.Path);

        Assert.Equal(
            ["loss-by-clients", "loss-by-partition", "score-by-clients", "score-by-partition", "seconds_per_1000_samples-by-clients", "seconds_per_1000_samples-by-partition"],
            written.Select(name => Path.GetFileNameWithoutExtension(name)).Distinct().Order());
        var svg = File.ReadAllText(_folder.At("score-by-clients.svg"));
        Assert.All(["number of clients", "label_skew", "score in percent"], label => Assert.Contains(label, svg, StringComparison.Ordinal));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(_folder.At("loss-by-partition.png"))[..4]);
    }

    [Fact]
    public void Of_two_numbers_the_one_with_more_values_is_the_axis()
    {
        var cells = new[] { 2, 3 }.SelectMany(clients => new[] { 10, 20, 50 }.Select(period => SampleCells.Cell(clients: clients, period: period)));

        var written = SimulatePlots.Write(new SimulateResults([.. cells.Select(cell => (cell, (CellResult?)SampleCells.Result(cell, 10)))]), _folder.Path);

        Assert.Equal(["loss-by-average_period.svg", "seconds_per_1000_samples-by-average_period.svg"], written.Where(name => name.EndsWith(".svg", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void Where_neither_numbers_nor_partitions_vary_there_are_bars_over_what_does()
    {
        Assert.Contains("score-by-strategy.svg", SimulatePlots.Write(Seeds(), _folder.Path));
    }

    private static SimulateResults Seeds()
    {
        SimulateCell[] cells =
        [
            SampleCells.Cell(), SampleCells.Cell(seed: 2), SampleCells.Cell(StrategyName.ClientBatch), SampleCells.Cell(StrategyName.ClientBatch, seed: 2),
        ];
        return new SimulateResults(
        [
            (cells[0], SampleCells.Result(cells[0], 10, accuracy: 50)),
            (cells[1], SampleCells.Result(cells[1], 14, accuracy: 60)),
            (cells[2], SampleCells.Result(cells[2], 5, accuracy: 40)),
            (cells[3], null),
        ]);
    }
}
