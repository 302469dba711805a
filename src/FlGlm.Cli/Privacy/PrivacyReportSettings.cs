using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Privacy;

/// <summary>The grid of <c>flglm privacy-report</c>: a recorded run without a defence and one with each strength of every defence, at each depth, and what attacks of each budget find in them.</summary>
public sealed record PrivacyReportSettings : IValidated
{
    /// <summary>Values of <c>split.head</c>; 0 = the embedding alone. Null = the configuration's own.</summary>
    public IReadOnlyList<int>? Heads { get; init; }

    /// <summary>A name for each defence, with its strengths from weak to strong: what differs from the configuration, one or several keys as with <c>--set</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Defences { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The attacker's own files of rows, in the form of <c>data.train</c>.</summary>
    public IReadOnlyList<string> Shadow { get; init; } = [];

    /// <summary>Training steps of each inverter.</summary>
    public IReadOnlyList<int> Steps { get; init; } = [300];

    /// <summary>The client's first rows that are attacked, with four times as many shadow rows.</summary>
    public IReadOnlyList<int> Rows { get; init; } = [256];

    /// <summary>Seeds the inverters.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Share of tokens above the constant baseline below which a channel is called measured below the threshold; fixed before the measurement.</summary>
    public double Threshold { get; init; } = 0.05;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        foreach (var problem in Numbers("heads", Heads, least: 0).Concat(Numbers("steps", Steps, least: 1)).Concat(Numbers("rows", Rows, least: 1)))
            yield return problem;
        foreach (var (name, strengths) in Defences)
        {
            if (!name.Any(char.IsAsciiLetterOrDigit))
                yield return new Problem("defences", $"'{name}' is no name; letters or digits.");
            if (strengths.Count == 0 || strengths.Distinct().Count() < strengths.Count)
                yield return new Problem("defences", $"'{name}' has no strength, or one twice; [privacy.hidden.clip=40 privacy.hidden.noise=0.01, ...].");
        }

        if (!(Threshold > 0 && Threshold < 1))
            yield return new Problem("threshold", $"{Threshold} is no share of tokens; between 0 and 1.");
    }

    private static IEnumerable<Problem> Numbers(string key, IReadOnlyList<int>? values, int least)
    {
        if (values is null)
            yield break;
        if (values.Count == 0 || values.Distinct().Count() < values.Count)
            yield return new Problem(key, "is empty, or has a number twice; each once.");
        foreach (var value in values.Where(value => value < least))
            yield return new Problem(key, $"{value} is out of range; {least} or more.");
    }
}
