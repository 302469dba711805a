using FlGlm.Privacy.Reports;

namespace FlGlm.Cli.Privacy;

/// <summary>A channel of a cell beside the same channel without a defence.</summary>
/// <param name="Steps">Of the attacks' budget.</param>
/// <param name="Rows">Of the attacks' budget.</param>
/// <param name="Utility">Of the cell's run.</param>
/// <param name="Reference">The same channel, budget and depth without a defence; null where the cell has none itself, or that cell has no result.</param>
internal sealed record MeasuredChannel(PrivacyCell Cell, int Steps, int Rows, RunUtility Utility, ChannelLeakage Leakage, MeasuredChannel? Reference)
{
    /// <summary>Points above the constant baseline that the best attack finds.</summary>
    public double Points => 100 * Leakage.Best.Leakage;

    /// <summary>Points that the defence has prevented.</summary>
    public double? Prevented => Reference is null ? null : Reference.Points - Points;

    /// <summary>What the defence has cost: points of the metric that counts, or else of the validation loss.</summary>
    public double? Lost => Reference is null ? null
        : Utility.Metrics.Count > 0 && Reference.Utility.Metrics.Count > 0 ? 100 * (Reference.Utility.Metrics.First().Value - Utility.Metrics.First().Value)
        : Utility.ValidationLoss - Reference.Utility.ValidationLoss;

    /// <summary>The cost of each point that is prevented; null where none is.</summary>
    public double? Price => Prevented > 0 ? Lost / Prevented : null;

    /// <summary>All channels of all cells.</summary>
    /// <param name="threshold">Of the report.</param>
    public static IReadOnlyList<MeasuredChannel> Of(IReadOnlyList<(PrivacyCell Cell, PrivacyCellResult Result)> results, double threshold)
    {
        List<MeasuredChannel> all = [];
        foreach (var (cell, result) in results)
        {
            foreach (var budget in result.Attacks)
            {
                foreach (var leakage in ChannelLeakage.Of(budget.Report.Results, threshold))
                {
                    var reference = cell.IsUndefended ? null
                        : all.Find(other => other.Cell.Name == cell.Reference && (other.Steps, other.Rows, other.Leakage.Channel) == (budget.Steps, budget.Rows, leakage.Channel));
                    all.Add(new MeasuredChannel(cell, budget.Steps, budget.Rows, result.Utility, leakage, reference));
                }
            }
        }

        return all;
    }
}
