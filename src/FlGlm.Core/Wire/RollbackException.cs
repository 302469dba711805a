using FlGlm.Core.Splitting;

namespace FlGlm.Core.Wire;

/// <summary>A client must go back to a checkpoint: what it has under way is void.</summary>
/// <param name="place">the place of the checkpoint</param>
/// <param name="attempt">how often it has gone back, with this time</param>
internal sealed class RollbackException(TurnPlace place, int attempt) : Exception($"Back to the checkpoint at {place}.")
{
    public TurnPlace Place => place;

    public int Attempt => attempt;
}
