using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Chaos;

/// <summary>How a disturbed run ended.</summary>
/// <param name="Seed">Of its schedule.</param>
/// <param name="Strategy">How the server works with the clients.</param>
/// <param name="Method">What is trained.</param>
/// <param name="Kills">Kills that have happened, a process each.</param>
/// <param name="Traffic">Disturbances of the traffic that have happened.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Recovery">Seconds from "model and data are loaded" after a restart to the next step, of each restart that was followed by one.</param>
/// <param name="Failure">Why it did not end well; null = it did.</param>
/// <param name="Differences">From the undisturbed run; empty where it failed.</param>
/// <param name="Folder">Its files; null = they are removed, since it is identical.</param>
internal sealed record ChaosResult(
    int Seed,
    StrategyName Strategy,
    PeftMethod Method,
    IReadOnlyList<string> Kills,
    IReadOnlyList<string> Traffic,
    double Seconds,
    IReadOnlyList<double> Recovery,
    string? Failure,
    IReadOnlyList<string> Differences,
    string? Folder)
{
    /// <summary>The last lines of each side where the run failed.</summary>
    public IReadOnlyList<string> LastLines { get; init; } = [];

    /// <summary>Whether it ended well, with the bits of the undisturbed run.</summary>
    public bool IsIdentical => Failure is null && Differences.Count == 0;

    /// <summary>The result in a word.</summary>
    public string Result => this switch
    {
        { Failure: not null } => "failed",
        { Differences.Count: > 0 } => "different",
        _ => "identical",
    };
}
