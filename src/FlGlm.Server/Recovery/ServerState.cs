using FlGlm.Core.Checkpoints;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;

namespace FlGlm.Server.Recovery;

/// <summary>What a server's checkpoint has beside tensors.</summary>
/// <param name="Step">steps that the middle, or this client's replica, has taken</param>
/// <param name="Round">the round or period that goes on</param>
internal sealed record ServerState(long Step, int Round) : RunProgress(OfServer, Step, Round)
{
    /// <summary>The side.</summary>
    public const string OfServer = "server";

    public string RunId { get; init; } = "";

    /// <summary>What it is of.</summary>
    public CheckpointOrigin? Origin { get; init; }

    /// <summary>The checkpoint of the turn's beginning, which has everything; that of a step has the middle alone.</summary>
    public int Turn { get; init; }

    /// <summary>Whose step it is of; 0 = of all, and at the turn's beginning.</summary>
    public int Seat { get; init; }

    /// <summary>Steps taken since the turn's beginning.</summary>
    public int Steps { get; init; }

    /// <summary>The counts of the middle's optimizer, or of this client's replica's.</summary>
    public OptimizerSteps Optimizer { get; init; }

    /// <summary>Steps of the whole run, which a schedule of the rate needs: of every client where they work at the same time, else of the middle.</summary>
    public long TotalSteps { get; init; }

    /// <summary>The clients, in the order of their seats.</summary>
    public IReadOnlyList<SeatState> Seats { get; init; } = [];

    /// <summary>Whose weights the next turn starts from (<c>serial.handover: previous</c>); 0 = nobody's.</summary>
    public int Previous { get; init; }

    /// <summary>The number of servers of the run, each of which has the clients dealt to it.</summary>
    public int Servers { get; init; } = 1;

    /// <summary>The last round is over.</summary>
    public bool IsOver { get; init; }
}
