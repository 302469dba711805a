using FlGlm.Core.Checkpoints;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Server.Cluster;
using FlGlm.Server.Participants;
using FlGlm.Server.Recovery;
using FlGlm.Server.Scheduling;
using static TorchSharp.torch;

namespace FlGlm.Server.Hosting;

/// <summary>
/// Serves the middle of a model to the clients of one run, and saves it, however the run ends. Its events are <see cref="Events.ServerEvent"/>s;
/// <see cref="Events.ServerEvent.Listening"/> has the address.
/// </summary>
public sealed class FlGlmServer(ServerOptions options) : FlGlmRun
{
    /// <summary>Makes the scheduler; null = the strategy of the plan.</summary>
    public Func<RunPlan, MiddleWorker, RunEvents, ISplitScheduler>? Scheduler { get; init; }

    /// <summary>How the servers of a run reach one another; null = as <c>server.cluster</c> says.</summary>
    internal ICluster? Links { get; init; }

    private SplitServer? _server;

    /// <summary>
    /// Goes on without a client: one that has left and that the others wait for (<c>clients.when_lost: wait</c>), or one that takes part, whose
    /// session is ended. The weights of the others then sum to 1.
    /// </summary>
    /// <returns>whether the run has such a client</returns>
    public Task<bool> LetGoAsync(string client) => _server?.LetGoAsync(client) ?? Task.FromResult(false);

    /// <inheritdoc/>
    protected override async Task WorkAsync(CancellationToken stop, CancellationToken ct)
    {
        ConfigValidation.Expect(("", options.Plan), ("server.", options.Server), ("compute.", options.Compute));
        if (options.Compute.Devices.Count > 0 && options.Plan.Training.Strategy != StrategyName.ServerHierarchical)
            throw new ConfigurationException("compute.devices", "place the replicas of training.strategy: server_hierarchical; the other strategies have one middle, on compute.device.");
        if (options.Server.Cluster == ClusterKind.None)
        {
            await ServeAsync(cluster: null, stop, ct).ConfigureAwait(false);
            return;
        }

        ClusterRules.Expect(options, ownScheduler: Scheduler is not null);
        var cluster = new ServerCluster(Links ?? MpiCluster.Open(), options.Plan.Clients, Events, stop, ct);
        await using var clusterScope = cluster.ConfigureAwait(false);
        await cluster.RunAsync(() => ServeAsync(cluster, stop, ct)).ConfigureAwait(false);
    }

    private async Task ServeAsync(ServerCluster? cluster, CancellationToken stop, CancellationToken ct)
    {
        var settings = cluster is null ? options.Server : ClusterRules.SettingsOf(options.Server, options.Plan.Clients, cluster.Rank, cluster.Size);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        using var model = SplitModel.Open(options.Model, options.Plan with { ShareMiddle = options.Server.ShareMiddle }, options.Compute, Events);
        using var stage = await model.LoadMiddleAsync(either.Token).ConfigureAwait(false);
        using var optimizer = new StageOptimizer(stage.Parameters, model.Plan.Optimizer, model.Plan.ServerSteps([]));
        using var worker = new MiddleWorker(stage, optimizer, model.Lane);
        var content = await model.ReadContentAsync(either.Token).ConfigureAwait(false);
        var checkpoints = OpenCheckpoints(model, worker, content);
        if (cluster is null)
            checkpoints?.ExpectServers(1);
        var plan = model.Plan with { RunId = cluster is null ? checkpoints?.Beginning?.RunId ?? "" : await cluster.AgreeAsync(model.Plan, content, checkpoints).ConfigureAwait(false) };
        Events.Report(new RunEvent.Loaded());
        using var scheduler = Scheduler?.Invoke(plan, worker, Events) ?? StrategyOf(plan, worker, Events, checkpoints, cluster, ComputeEnvironment.ReplicaDevices(options.Compute));
        using var kept = new KeptMiddles(options.Checkpoints.Length > 0 ? options.Checkpoints + "-kept" : "", settings.MaxKeptBytes)
        {
            Save = (client, step, middle) => SaveMiddleAsync(BestFolder(client), middle.ByName(), step),
        };
        if (!options.Resume)
            kept.Clear();
        var server = new SplitServer(worker, scheduler, plan, content, settings, options.Seal, Events, checkpoints, cluster, kept, options.Tap);
        await using var serverScope = server.ConfigureAwait(false);
        _server = server;
        await server.ListenAsync(either.Token).ConfigureAwait(false);
        var isSaved = false;
        ServedRun served;
        try
        {
            served = await server.RunAsync(SaveAsync, stop, ct).ConfigureAwait(false);
        }
        finally
        {
            await SaveAsync().ConfigureAwait(false);  // also where the run has failed
        }

        if (served == ServedRun.AllClientsLeft)
            throw new NetworkException("Every client left before the last round was over.");
        if (served == ServedRun.ClientMissing)
        {
            throw new NetworkException(FormattableString.Invariant(
                $"'{await server.StayedAway.ConfigureAwait(false)}' left and did not come back for {options.Plan.Clients.RejoinTimeoutS:0.###} s (clients.rejoin_timeout_s)."));
        }

        async Task SaveAsync()
        {
            if (isSaved || options.Server.GenerateOnly)
                return;
            await SaveMiddleAsync(options.Output, stage.Parameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter.Value), optimizer.Steps).ConfigureAwait(false);
            isSaved = true;
        }

        Task SaveMiddleAsync(string folder, IReadOnlyDictionary<string, Tensor> values, long steps) =>
            model.SaveAsync(folder, new HashSet<StageName> { StageName.Middle }, values, _server!.RunId, steps);
    }

    /// <summary>The scheduler of the plan's strategy.</summary>
    /// <param name="cluster">the servers of the run; null = this one is alone</param>
    internal static ISplitScheduler StrategyOf(
        RunPlan plan, MiddleWorker middle, RunEvents events, ServerCheckpoints? checkpoints = null, ServerCluster? cluster = null, IReadOnlyList<Device>? devices = null) => plan.Training.Strategy switch
    {
        StrategyName.ServerHierarchical => new HierarchicalScheduler(plan, middle, events, devices) { Checkpoints = checkpoints, Cluster = cluster },
        StrategyName.ClientBatch => new ClientBatchScheduler(plan, middle, events) { Checkpoints = checkpoints },
        _ => new SerialScheduler(plan, middle, events) { Checkpoints = checkpoints },
    };

    /// <summary>Beside the trained values; of several clients each has its own.</summary>
    private string BestFolder(Participant client) => options.Output.Length == 0 ? ""
        : options.Plan.Clients.Expected == 1 ? options.Output + "-best"
        : Path.Combine(options.Output + "-best", FormattableString.Invariant($"{client.Seat}-{client.Name}"));

    /// <summary>None where it only generates, or where a scheduler of the caller's decides: it has its own state.</summary>
    private ServerCheckpoints? OpenCheckpoints(SplitModel model, MiddleWorker worker, ModelContent content)
    {
        if (options.Checkpoints.Length == 0 || options.Server.GenerateOnly || Scheduler is not null)
            return null;
        var store = CheckpointStore.OpenFor(options.Checkpoints, options.Resume);
        var keep = model.Plan.Checkpoint.Keep;
        var writer = new CheckpointWriter(store, model.Plan.Checkpoint, model.Lane, Events) { Kept = names => ServerCheckpoints.Kept(names, keep) };
        writer.ReportSize(worker.State.Bytes);
        return new ServerCheckpoints(writer, options.ResumeFrom, model, content);
    }
}
