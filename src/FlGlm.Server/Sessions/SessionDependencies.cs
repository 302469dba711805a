using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Server.Cluster;
using FlGlm.Server.Hosting;
using FlGlm.Server.Participants;
using FlGlm.Server.Recovery;
using FlGlm.Server.Scheduling;

namespace FlGlm.Server.Sessions;

/// <summary>The objects and settings that all sessions of a server share.</summary>
internal sealed record SessionDependencies
{
    public required RunPlan Plan { get; init; }

    /// <summary>The weights of the server and of the run's clients.</summary>
    public required RunContent TrainingContent { get; init; }

    /// <summary>The weights of the server.</summary>
    public required RunContent GenerationContent { get; init; }

    public required MiddleStage Stage { get; init; }

    public required ComputeLane Lane { get; init; }

    public required ISplitScheduler Scheduler { get; init; }

    public required Roster Roster { get; init; }

    /// <summary>The checkpoints of the run; null = none are written.</summary>
    public ServerCheckpoints? Checkpoints { get; init; }

    /// <summary>The servers of the run; null = this one is alone.</summary>
    public ServerCluster? Cluster { get; init; }

    public required ServerSettings Settings { get; init; }

    public required RunEvents Events { get; init; }

    /// <summary>Limits the number of generating clients.</summary>
    public required SemaphoreSlim Generating { get; init; }

    /// <summary>Limits the memory of all generating clients together.</summary>
    public required CacheBudget Caches { get; init; }

    /// <summary>The middles after steps that clients have evaluated.</summary>
    public required KeptMiddles Kept { get; init; }

    /// <summary>The server stops: sessions finish the current step and end with a Goodbye.</summary>
    public required CancellationToken Stopping { get; init; }

    /// <summary>10 s after <see cref="Stopping"/>: what is not over yet is given up.</summary>
    public required CancellationToken StopLimit { get; init; }

    /// <summary>The run is complete and the trained middle is saved: it may be handed out.</summary>
    public required Task Saved { get; init; }

    /// <summary>No more clients are accepted.</summary>
    public required CancellationToken Closing { get; init; }

    /// <summary>Both sides send a Ping this often: several times within the time-out, at least every 5 s.</summary>
    public TimeSpan PingPeriod => TimeSpan.FromSeconds(Math.Min(5, Settings.PeerTimeoutS / 3));

    public HiddenSpec Hidden => new(Stage.Blueprint.Family.Shape.Hidden, Stage.Blueprint.Dtype, Stage.Blueprint.Device);
}
