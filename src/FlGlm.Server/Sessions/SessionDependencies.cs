using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Server.Hosting;
using FlGlm.Server.Scheduling;
using FlGlm.Server.Stages;
using Microsoft.Extensions.Logging;

namespace FlGlm.Server.Sessions;

/// <summary>What all sessions of a server share.</summary>
internal sealed record SessionDependencies
{
    public required RunPlan Plan { get; init; }

    public required MiddleStage Stage { get; init; }

    public required ComputeLane Lane { get; init; }

    public required ISplitScheduler Scheduler { get; init; }

    public required ServerSettings Settings { get; init; }

    public required IServerObserver Observer { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Places for generating clients.</summary>
    public required SemaphoreSlim Generating { get; init; }

    /// <summary>The server stops: sessions finish the step in hand and say goodbye.</summary>
    public required CancellationToken Stopping { get; init; }

    /// <summary>No more clients are taken in.</summary>
    public required CancellationToken Closing { get; init; }

    /// <summary>Both sides ping this often: several times within the patience, at most every 5 s.</summary>
    public TimeSpan PingPeriod => TimeSpan.FromSeconds(Math.Min(5, Settings.PeerTimeoutS / 3));

    public HiddenSpec Hidden => new(Stage.Blueprint.Family.Shape.Hidden, Stage.Blueprint.Dtype, Stage.Blueprint.Device);
}
