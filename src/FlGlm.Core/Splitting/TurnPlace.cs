namespace FlGlm.Core.Splitting;

/// <summary>Where a client is in a run.</summary>
/// <param name="Round">the turn, counted from 1: of the serial strategy the round, else the period</param>
/// <param name="Steps">the steps that it has taken in this turn</param>
/// <param name="IsEnded">these are all: its head and tail are due, and their average; afterwards it is at 0 steps of the next turn</param>
public readonly record struct TurnPlace(int Round, int Steps, bool IsEnded = false)
{
    /// <summary>Where every client begins.</summary>
    public static readonly TurnPlace First = new(1, 0);

    /// <summary>The place in words.</summary>
    public override string ToString() => IsEnded ? $"the end of turn {Round}" : $"step {Steps} of turn {Round}";
}
