using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Core.Wire;

/// <summary>Places of a run as messages.</summary>
internal static class Places
{
    public static Place ToMessage(this TurnPlace place) => new() { Round = place.Round, Steps = place.Steps, Ended = place.IsEnded };

    /// <exception cref="ProtocolException">There is none, or no run has such a place.</exception>
    public static TurnPlace Read(Place? place) => place is { Round: >= 1, Steps: >= 0 }
        ? new TurnPlace(place.Round, place.Steps, place.Ended)
        : throw new ProtocolException(FaultCode.Malformed, "A message names no place of a run where it must.");
}
