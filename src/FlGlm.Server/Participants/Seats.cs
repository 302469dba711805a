using FlGlm.Core.Configuration;
using FlGlm.Server.Recovery;

namespace FlGlm.Server.Participants;

/// <summary>Which participant has which seat: its place in <c>clients.names</c>, or without them the next free one, which it keeps when it comes back.</summary>
/// <param name="clients">of all servers of the run</param>
internal sealed class Seats(ClientsSettings clients)
{
    private readonly List<Participant> _taken = [];

    /// <summary>Those that have a seat, by its number.</summary>
    public IReadOnlyList<Participant> InOrder => [.. _taken.OrderBy(participant => participant.Seat)];

    /// <returns>null where the identity has no seat</returns>
    public Participant? Find(string identity) => _taken.Find(participant => participant.Identity == identity);

    /// <summary>Takes the seats of a checkpoint up.</summary>
    public void Restore(IEnumerable<SeatState> seats) =>
        _taken.AddRange(seats.Select(seat => new Participant(seat.Identity, seat.Name, seat.Samples) { Seat = seat.Seat, HasTakenPart = true, Leaves = seat.LeftAfter is not null }));

    /// <summary>Seats a participant, in place of one that its identity had before.</summary>
    public void Take(Participant participant)
    {
        var former = Find(participant.Identity);
        participant.Seat = clients.Names.Count > 0 ? clients.Names.ToList().IndexOf(participant.Name) + 1 : former?.Seat ?? _taken.Select(other => other.Seat).DefaultIfEmpty().Max() + 1;
        if (former is not null)
            _taken.Remove(former);
        _taken.Add(participant);
    }

    /// <summary>The participant leaves no trace.</summary>
    public void Free(Participant participant)
    {
        _taken.Remove(participant);
        participant.Seat = 0;
    }
}
