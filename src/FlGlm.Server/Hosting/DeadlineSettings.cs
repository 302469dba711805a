using FlGlm.Core.Configuration;

namespace FlGlm.Server.Hosting;

/// <summary>How long a client may make no progress in each phase, in seconds. A Ping is no progress. A client that is later is given up.</summary>
public sealed record DeadlineSettings : IValidated
{
    /// <summary>From the handshake to the Join, and from the plan to the answer.</summary>
    public double JoinS { get; init; } = 60;

    /// <summary>From the beginning of a turn, or the last reply, to the next forward or to the end of the turn. Validation is progress.</summary>
    public double ForwardS { get; init; } = 600;

    /// <summary>From hN-2 to its gradient: forward and backward through the client's tail.</summary>
    public double BackwardS { get; init; } = 600;

    /// <summary>From one part of head and tail to the next, at the end of a turn.</summary>
    public double RoundEndS { get; init; } = 600;

    /// <summary>From one part of the results to the next.</summary>
    public double HandOverS { get; init; } = 600;

    /// <summary>From the last part of the results to the Goodbye.</summary>
    public double GoodbyeS { get; init; } = 60;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate() =>
    [
        .. TimerSeconds.Check("join_s", JoinS),
        .. TimerSeconds.Check("forward_s", ForwardS),
        .. TimerSeconds.Check("backward_s", BackwardS),
        .. TimerSeconds.Check("round_end_s", RoundEndS),
        .. TimerSeconds.Check("hand_over_s", HandOverS),
        .. TimerSeconds.Check("goodbye_s", GoodbyeS),
    ];
}
