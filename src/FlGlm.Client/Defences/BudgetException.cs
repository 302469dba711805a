using FlGlm.Core.Configuration;

namespace FlGlm.Client.Defences;

/// <summary>The next step would spend more than the run's budget, so it is not taken.</summary>
/// <param name="budget">the epsilon that is allowed</param>
/// <param name="spent">the epsilon so far</param>
public sealed class BudgetException(double budget, double spent) : FlGlmException(FormattableString.Invariant(
    $"The next pass would exceed privacy.budget, an epsilon of {budget:G4}; {spent:G4} is spent, so the run ends here. A larger budget lets it go on."))
{
    /// <inheritdoc/>
    public override ExitCode ExitCode => ExitCode.Budget;

    /// <summary>The epsilon so far.</summary>
    public double Spent { get; } = spent;
}
