using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Server.Participants;

namespace FlGlm.Server.Scheduling;

/// <summary>Chooses where a client goes on that has come back with checkpoints.</summary>
internal static class ResumePlaces
{
    /// <summary>The place among a client's at which the server is already, so that it has nothing to restore; null where there is none.</summary>
    /// <param name="places">the client's</param>
    /// <param name="here">where the server is with this client</param>
    /// <param name="isClean">nothing has been computed for it since</param>
    /// <param name="steps">of the turn: with all of them taken, the client may have ended it</param>
    public static TurnPlace? Find(IReadOnlyList<TurnPlace> places, TurnPlace here, bool isClean, int steps)
    {
        if (isClean && here is { IsEnded: false } && places.Contains(here))
            return here;
        if (here.IsEnded || (isClean && here.Steps == steps))
            return FindEnd(places, here.Round);
        return here.Steps == 0 && isClean ? FindEnd(places, here.Round - 1) : null; // its average is due
    }

    /// <summary>The newest step of a turn that both sides have; null where there is none.</summary>
    public static int? Newest(IReadOnlyList<TurnPlace> places, int round, IReadOnlyList<int> steps) =>
        steps.Where(step => places.Contains(new TurnPlace(round, step))).Select(step => (int?)step).FirstOrDefault();

    public static ProtocolException None(Participant participant, TurnPlace here, IReadOnlyList<TurnPlace> places) => new(
        FaultCode.WrongStep,
        $"'{participant.Name}' has checkpoints at {string.Join(", ", places)}; the server is at {here} with it and has none of them. Start a new run on both sides.");

    private static TurnPlace? FindEnd(IReadOnlyList<TurnPlace> places, int round) =>
        places.Where(place => place.IsEnded && place.Round == round).Select(place => (TurnPlace?)place).FirstOrDefault();
}
