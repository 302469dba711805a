using System.Globalization;
using FlGlm.Cli.CommandLine;

namespace FlGlm.Cli.Simulation;

/// <summary>One axis of the grid.</summary>
/// <param name="Key">Its column in tables.</param>
/// <param name="Title">In plots.</param>
/// <param name="Prefix">Of its value in the name of a cell.</param>
/// <param name="Value">A cell's place on it.</param>
/// <param name="Number">The same as a number; null where it is a word.</param>
internal sealed record SimulateAxis(string Key, string Title, string Prefix, Func<SimulateCell, string> Value, Func<SimulateCell, double>? Number = null)
{
    private const string Centralized = "centralized";

    /// <summary>Values of this axis repeat a run; results are averaged over them.</summary>
    public static SimulateAxis Seed { get; } = new("seed", "seed", "seed", cell => Text(cell.Seed), cell => cell.Seed);

    public static SimulateAxis Strategy { get; } = new("strategy", "strategy", "", cell => cell.IsCentralized ? Centralized : EnumWords.Of(cell.Strategy));

    public static SimulateAxis Partition { get; } = new("partition", "partition", "", cell => cell.Partition);

    /// <summary>The last word of a task's name says which it is.</summary>
    public static SimulateAxis Task { get; } = new("task", "task", "", cell => cell.Task.Split('/')[^1]);

    /// <summary>All of them, in the order of names and columns.</summary>
    public static IReadOnlyList<SimulateAxis> All { get; } =
    [
        Strategy,
        new("clients", "number of clients", "", cell => Text(cell.Clients), cell => cell.Clients),
        new("average_period", "average period in steps", "period", cell => Text(cell.AveragePeriod), cell => cell.AveragePeriod),
        Partition,
        Task,
        new("method", "method", "", cell => EnumWords.Of(cell.Method)),
        Seed,
    ];

    /// <summary>The axes on which cells differ.</summary>
    public static IReadOnlyList<SimulateAxis> Varying(IReadOnlyCollection<SimulateCell> cells) =>
        [.. All.Where(axis => cells.Select(axis.Value).Distinct().Count() > 1)];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
