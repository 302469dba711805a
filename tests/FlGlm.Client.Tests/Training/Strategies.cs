using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tests.Training;

/// <summary>The strategies by the names that tests give them; client-batch in its two forms.</summary>
internal static class Strategies
{
    public const string Serial = "serial";
    public const string Hierarchical = "hierarchical";
    public const string Joined = "joined";
    public const string Apart = "apart";

    public static readonly IReadOnlyList<string> All = [Serial, Hierarchical, Joined, Apart];

    /// <summary>The settings with a strategy.</summary>
    /// <param name="period">steps between two averages; serial averages at the end</param>
    public static RunPlan With(RunPlan settings, string strategy, int period = 50, AverageWeights weights = AverageWeights.Samples) => settings with
    {
        Training = settings.Training with
        {
            Strategy = strategy switch
            {
                Serial => StrategyName.Serial,
                Hierarchical => StrategyName.ServerHierarchical,
                _ => StrategyName.ClientBatch,
            },
            AveragePeriod = period,
            AverageWeights = weights,
        },
        ClientBatch = new ClientBatchSettings
        {
            Products = strategy == Apart ? BatchProducts.Apart : BatchProducts.Joined,
            Weights = weights == AverageWeights.Targets ? BatchWeights.Targets : BatchWeights.Equal,
        },
    };
}
