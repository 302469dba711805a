using FlGlm.Client.Data;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;

namespace FlGlm.Client.Training;

/// <summary>The state of a <see cref="LocalTrainer"/>'s checkpoint.</summary>
/// <param name="Step">steps of the middle</param>
/// <param name="Origin">what it is of</param>
/// <param name="Data">the rows of every data owner</param>
/// <param name="Owner">whose turn it is, counted from 0</param>
/// <param name="OwnerStep">steps of that owner</param>
/// <param name="Middle">counts of the middle's optimizer</param>
/// <param name="Own">counts of that owner's optimizer</param>
/// <inheritdoc/>
internal sealed record LocalState(
    string Side, long Step, int Round, CheckpointOrigin Origin, IReadOnlyList<DataFingerprint> Data, int Owner, int OwnerStep, OptimizerSteps Middle, OptimizerSteps Own)
    : RunProgress(Side, Step, Round)
{
    /// <summary>The settings of every owner's defence (<see cref="Defences.IBoundaryDefence.Settings"/>).</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>>? Defences { get; init; }

    /// <summary>That owner's best step so far; null = none is kept.</summary>
    public BestState? Best { get; init; }
}
