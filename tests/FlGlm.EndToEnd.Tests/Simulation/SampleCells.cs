using FlGlm.Cli.Simulation;
using FlGlm.Core.Configuration;

namespace FlGlm.EndToEnd.Tests.Simulation;

/// <summary>Cells and results that nothing was computed for.</summary>
internal static class SampleCells
{
    public static SimulateCell Cell(StrategyName strategy = StrategyName.Serial, int clients = 2, string partition = "iid", long seed = 1, int period = 50) => new(
        $"{strategy}-{clients}-{partition}-{seed}", strategy, clients, period, partition, "superglue/copa", PeftMethod.Lora, seed);

    public static CellResult Result(SimulateCell cell, double seconds, double? accuracy = null) => new(
        cell.Name, 40, 160, 0.16 * seconds, 0.15 * seconds, seconds, 2.5, null, accuracy is { } score ? new Dictionary<string, double> { ["accuracy"] = score } : new(), 2_000_000, 1_000_000);
}
