using FlGlm.Client.Data;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;

namespace FlGlm.Client.Training;

/// <summary>What a client's checkpoint has beside tensors.</summary>
/// <param name="Step">steps over all turns, which is also the number of batches taken</param>
internal sealed record ClientState(long Step, TurnPlace Place) : RunProgress(OfClient, Step, Place.Round)
{
    /// <summary>The side.</summary>
    public const string OfClient = "client";

    /// <summary>The id of the run.</summary>
    public string RunId { get; init; } = "";

    /// <summary>What it is of.</summary>
    public CheckpointOrigin? Origin { get; init; }

    /// <summary>What the client trains on.</summary>
    public DataFingerprint? Data { get; init; }

    /// <summary>The settings of its defence (<see cref="Defences.IBoundaryDefence.Settings"/>).</summary>
    public IReadOnlyDictionary<string, string>? Defence { get; init; }

    /// <summary>The turn whose steps the client takes or has taken; null between two turns.</summary>
    public ClientTurn? Turn { get; init; }

    /// <summary>The optimizer's counts.</summary>
    public OptimizerSteps Optimizer { get; init; }

    /// <summary>It was written since a stop was requested: the server has none of this step.</summary>
    public bool IsStop { get; init; }

    /// <summary>The last turn is over: only the results are to be fetched.</summary>
    public bool IsOver { get; init; }

    /// <summary>The client has trained enough, and has left before the last turn.</summary>
    public bool HasLeft { get; init; }

    /// <summary>The best step so far, whose head and tail are a file of their own; null = none is kept.</summary>
    public BestState? Best { get; init; }

    /// <summary>They are saved too, and only the server may not know it.</summary>
    public bool IsSaved { get; init; }

    /// <summary>The server knows it, or has not answered any more: nothing is left to do.</summary>
    public bool IsConfirmed { get; init; }
}
