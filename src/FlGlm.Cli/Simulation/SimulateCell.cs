using System.Text.Json.Serialization;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Simulation;

/// <summary>One run of a simulation.</summary>
/// <param name="Name">Its folder's: the values of the axes that have several.</param>
/// <param name="Strategy">How the server works with the clients.</param>
/// <param name="Clients">How many there are.</param>
/// <param name="AveragePeriod">Steps between two averages.</param>
/// <param name="Partition">How rows are divided, in a word.</param>
/// <param name="Task">Whose rows; empty = none that is known.</param>
/// <param name="Method">What is trained.</param>
/// <param name="Seed">Of training and partition.</param>
internal sealed record SimulateCell(
    string Name, StrategyName Strategy, int Clients, int AveragePeriod, string Partition, string Task, PeftMethod Method, long Seed)
{
    /// <summary>All rows are trained in one process, and nothing is split.</summary>
    public bool IsCentralized { get; init; }

    /// <summary>What its processes have in common.</summary>
    [JsonIgnore]
    public FlGlmConfig Config { get; init; } = new();
}
