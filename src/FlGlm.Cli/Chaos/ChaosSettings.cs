using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Chaos;

/// <summary>What <c>flglm chaos</c> does.</summary>
/// <param name="Runs">Disturbed runs.</param>
/// <param name="Seed">Of the first; each later one has the next.</param>
/// <param name="Kill">Which processes are killed.</param>
/// <param name="Traffic">What is done to bytes.</param>
/// <param name="Strategies">Taken in turn.</param>
/// <param name="Methods">Taken in turn, each with every strategy.</param>
/// <param name="Clients">The clients of a run.</param>
/// <param name="Out">The folder of runs and report.</param>
internal sealed record ChaosSettings(
    int Runs,
    int Seed,
    KillChoice Kill,
    TrafficChoice Traffic,
    IReadOnlyList<StrategyName> Strategies,
    IReadOnlyList<PeftMethod> Methods,
    int Clients,
    string Out)
{
    /// <summary>Strategy and method of a run follow from its seed alone, so that it can be repeated without the others.</summary>
    public (StrategyName Strategy, PeftMethod Method) Of(int seed)
    {
        var number = seed & int.MaxValue;
        return (Strategies[number % Strategies.Count], Methods[number / Strategies.Count % Methods.Count]);
    }
}
