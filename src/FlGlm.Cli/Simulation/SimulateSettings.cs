using FlGlm.Client.Tasks;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Simulation;

/// <summary>The grid of <c>flglm simulate</c>: a run of every combination of these values. An axis that is null has the configuration's own value.</summary>
public sealed record SimulateSettings : IValidated
{
    /// <summary>Values of <c>training.strategy</c>.</summary>
    public IReadOnlyList<StrategyName>? Strategies { get; init; }

    /// <summary>Also train all rows in one process (<c>flglm train</c>), for every task, method and seed: the paper's centralized rows.</summary>
    public bool Centralized { get; init; }

    /// <summary>Numbers of clients, <c>clients.expected</c>.</summary>
    public IReadOnlyList<int>? Clients { get; init; }

    /// <summary>Values of <c>training.average_period</c>; with the serial strategy the steps of a turn, of which there are as many as give the same steps in all.</summary>
    public IReadOnlyList<int>? AveragePeriods { get; init; }

    /// <summary>Values of <c>data.partition.by</c>, and <c>dirichlet-0.1</c> with its <c>data.partition.alpha</c>.</summary>
    public IReadOnlyList<string>? Partitions { get; init; }

    /// <summary>Values of <c>data.task</c>; each has its files in a folder of its name in <c>data.folder</c>.</summary>
    public IReadOnlyList<string>? Tasks { get; init; }

    /// <summary>Values of <c>peft.method</c>.</summary>
    public IReadOnlyList<PeftMethod>? Methods { get; init; }

    /// <summary>Values of <c>training.seed</c> and <c>data.partition.seed</c>; results are averaged over them.</summary>
    public IReadOnlyList<long>? Seeds { get; init; }

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate() =>
    [
        .. Axis("strategies", Strategies),
        .. Axis("clients", Clients, clients => clients < 1 ? $"{clients} clients train nothing; 1 or more." : null),
        .. Axis("average_periods", AveragePeriods, period => period < 1 ? $"{period} steps are no period; 1 or more." : null),
        .. Axis("partitions", Partitions, word => PartitionWord.Parse(word) is null ? $"'{word}' is none of {PartitionWord.Known}." : null),
        .. Axis("tasks", Tasks, task => KnownTasks.Find(task) is null ? $"'{task}' is none of {string.Join(", ", KnownTasks.All.Select(known => known.Name))}." : null),
        .. Axis("methods", Methods),
        .. Axis("seeds", Seeds),
    ];

    private static IEnumerable<Problem> Axis<T>(string key, IReadOnlyList<T>? values, Func<T, string?>? problem = null)
    {
        if (values is null)
            yield break;
        if (values.Count == 0)
            yield return new Problem(key, "is empty, so that there is no run; name values, or leave it out for the configuration's own.");
        if (values.Distinct().Count() < values.Count)
            yield return new Problem(key, "has a value twice; each once.");
        foreach (var message in values.Select(value => problem?.Invoke(value)).OfType<string>())
            yield return new Problem(key, message);
    }
}
