using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Server.Participants;

namespace FlGlm.Server.Scheduling;

/// <summary>Chooses where a client goes on that has come back with checkpoints.</summary>
/// <param name="places">of its checkpoints, the oldest first</param>
/// <param name="attempt">how often it has gone back, as it says</param>
internal sealed class ResumePlaces(Participant participant, IReadOnlyList<TurnPlace> places, int attempt)
{
    /// <summary>The newest place from which both sides can go on; the participant is told.</summary>
    /// <param name="here">where the server is with this client</param>
    /// <param name="isClean">nothing has been computed for it since</param>
    /// <param name="isNew">it takes part since this turn, whose beginning it may not have heard of</param>
    /// <param name="kept">the steps of this turn to which the server can go back, the newest first</param>
    /// <param name="goBackAsync">goes back to one of them, and tells the participant</param>
    /// <exception cref="ProtocolException">There is none.</exception>
    public async Task<TurnPlace> ChooseAsync(TurnPlace here, bool isClean, bool isNew, IReadOnlyList<int> kept, Func<TurnPlace, Task> goBackAsync)
    {
        if (Find(here, isClean, isNew) is { } found)
        {
            participant.GoBack(found, attempt);
            return found;
        }

        var back = kept.Select(steps => new TurnPlace(here.Round, steps)).Where(places.Contains).Select(place => (TurnPlace?)place).FirstOrDefault() ?? throw None(here);
        await goBackAsync(back).ConfigureAwait(false);
        return back;
    }

    /// <summary>The place at which the server is already, so that it has nothing to restore; null where there is none.</summary>
    private TurnPlace? Find(TurnPlace here, bool isClean, bool isNew)
    {
        if (here.IsEnded)
            return FindEnd(here.Round);
        if (!isClean)
            return null;
        if (places.Contains(here))
            return here;
        if (here.Steps > 0)
            return FindEnd(here.Round) is { } end && end.Steps == here.Steps ? end : null; // it has ended its turn, and that has not been heard
        return isNew && places.Contains(TurnPlace.First) ? TurnPlace.First : FindEnd(here.Round - 1); // its average is due
    }

    private TurnPlace? FindEnd(int round) => places.Where(place => place.IsEnded && place.Round == round).Select(place => (TurnPlace?)place).FirstOrDefault();

    private ProtocolException None(TurnPlace here) => new(
        FaultCode.WrongStep,
        $"'{participant.Name}' has checkpoints at {string.Join(", ", places)}; the server is at {here} with it and has none of them. Start a new run on both sides.");
}
