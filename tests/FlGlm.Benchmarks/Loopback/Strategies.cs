using FlGlm.Core.Configuration;

namespace FlGlm.Benchmarks.Loopback;

/// <summary>Plans of the strategies for several clients.</summary>
internal static class Strategies
{
    /// <summary>More rounds than any benchmark takes.</summary>
    private const int Rounds = 1000;

    /// <summary>The strategies that are compared with the serial one.</summary>
    public static IReadOnlyList<(string Name, StrategyName Strategy, BatchProducts Products)> AtOnce { get; } =
    [
        ("client-batch joined", StrategyName.ClientBatch, BatchProducts.Joined),
        ("client-batch apart", StrategyName.ClientBatch, BatchProducts.Apart),
        ("hierarchical", StrategyName.ServerHierarchical, BatchProducts.Joined),
    ];

    /// <summary>A plan in which M clients take a number of steps each between two averages.</summary>
    /// <param name="clients">M</param>
    /// <param name="averagePeriod">steps between two averages; 0 = as many as <paramref name="steps"/></param>
    public static RunPlan For(
        this RunPlan plan, StrategyName strategy, int clients, int steps, BatchProducts products = BatchProducts.Joined, int averagePeriod = 0) => plan with
    {
        Clients = plan.Clients with { Expected = clients },
        ClientBatch = plan.ClientBatch with { Products = products },
        Training = plan.Training with
        {
            Strategy = strategy,
            Steps = steps,
            Rounds = Rounds,
            AveragePeriod = averagePeriod > 0 ? averagePeriod : steps,
        },
    };
}
