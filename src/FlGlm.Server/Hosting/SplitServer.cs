using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Server.Cluster;
using FlGlm.Server.Events;
using FlGlm.Server.Participants;
using FlGlm.Server.Recovery;
using FlGlm.Server.Scheduling;
using FlGlm.Server.Sessions;
using FlGlm.Server.Tap;

namespace FlGlm.Server.Hosting;

/// <summary>Serves the middle of a model to the clients of one run.</summary>
internal sealed class SplitServer : IAsyncDisposable
{
    private readonly SessionDependencies _dependencies;
    private readonly ChannelOptions _channel;
    private readonly SessionRegistry _sessions = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _stopLimit = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _aborting = new();
    private readonly TaskCompletionSource _saved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _generating;
    private readonly ServerCheckpoints? _checkpoints;
    private readonly GuardedTap? _tap;
    private FrameListener? _listener;

    /// <param name="middle">the caller saves and disposes it</param>
    /// <param name="scheduler">decides who computes when; the caller disposes it</param>
    /// <param name="plan">without a <see cref="RunPlan.RunId"/> it gets a new one</param>
    /// <param name="content">the tensors that this side holds, to compare them with the clients'</param>
    /// <param name="seal">this side's keys; null = --insecure</param>
    /// <param name="checkpoints">where the run is kept, and goes on from; null = nowhere</param>
    /// <param name="cluster">the servers of the run; null = this one is alone</param>
    /// <param name="kept">the middles after steps that clients have evaluated; null = in memory, and not saved</param>
    /// <param name="tap">gets every frame; null = nothing does</param>
    public SplitServer(
        MiddleWorker middle,
        ISplitScheduler scheduler,
        RunPlan plan,
        ModelContent content,
        ServerSettings settings,
        SealOptions? seal,
        RunEvents events,
        ServerCheckpoints? checkpoints = null,
        ServerCluster? cluster = null,
        KeptMiddles? kept = null,
        IServerTap? tap = null)
    {
        _tap = tap is null ? null : new GuardedTap(tap, events);
        _checkpoints = checkpoints;
        if (plan.RunId.Length == 0 && !settings.GenerateOnly)
            plan = plan with { RunId = NewRunId() };
        checkpoints?.RunId = plan.RunId;
        _generating = new SemaphoreSlim(settings.MaxGenerating);
        _channel = new ChannelOptions { Name = "server", Seal = seal, Wire = Limits(settings) };
        _dependencies = new SessionDependencies
        {
            Plan = plan,
            TrainingContent = new RunContent(content, plan.RunId),
            GenerationContent = new RunContent(content, runId: ""),
            Stage = middle.Stage,
            Lane = middle.Lane,
            Scheduler = scheduler,
            Roster = new Roster(plan, scheduler, events, checkpoints, cluster),
            Checkpoints = checkpoints,
            Cluster = cluster,
            Settings = settings,
            Events = events,
            Generating = _generating,
            Kept = kept ?? new KeptMiddles(folder: "", settings.MaxKeptBytes),
            Caches = new CacheBudget(settings.MaxCacheTotalBytes) { Changed = bytes => events.Report(new ServerEvent.CachesHeld(bytes)) },
            Stopping = _stopping.Token,
            StopLimit = _stopLimit.Token,
            Closing = _closing.Token,
            Saved = _saved.Task,
        };
    }

    /// <summary>The id of the run that it serves; empty where it only generates.</summary>
    public string RunId => _dependencies.Plan.RunId;

    private RunEvents Events => _dependencies.Events;

    /// <summary>An id for a run that begins.</summary>
    public static string NewRunId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Opens the port; from now on clients can connect.</summary>
    /// <returns>the address it listens on, with the real port</returns>
    /// <exception cref="NetworkException">The port is taken, or the address is not this machine's.</exception>
    public async Task<IPEndPoint> ListenAsync(CancellationToken ct)
    {
        if (_checkpoints?.Beginning is { } beginning)
            await _dependencies.Roster.RestoreAsync(beginning.Seats).ConfigureAwait(false);
        foreach (var notice in PlanNotices.Lines(_dependencies.Plan))
            Events.Warn(notice);
        if (AveragedBytes() is > 1 << 28 and var bytes)
            Events.Warn(FormattableString.Invariant($"Averaging holds head and tail of {_dependencies.Plan.Clients.Expected} clients until the end of a round: {bytes / 1e9:F1} GB at the server."));
        if (_channel.Seal is { } seal)
            await seal.Keys.WarmUpAsync(ct).ConfigureAwait(false);
        _listener = await FrameListener.StartAsync(await ResolveAsync(_dependencies.Settings.Listen, ct).ConfigureAwait(false), (pipe, address, _) => ServeAsync(pipe, address), ct).ConfigureAwait(false);
        var cluster = _dependencies.Cluster;
        if (cluster is not null)
            await cluster.TellAddressAsync(_dependencies.Settings, _listener.EndPoint).ConfigureAwait(false);
        Events.Report(new ServerEvent.Listening(_listener.EndPoint.ToString(), _dependencies.Plan.RunId, _channel.Seal is not null, (cluster?.Own ?? _dependencies.Plan.Clients).Expected));
        return _listener.EndPoint;
    }

    /// <summary>One connection, from handshake to goodbye; returns when it is over, and never throws.</summary>
    public Task ServeAsync(IDuplexPipe pipe, string address) => _sessions.RunAsync(() => ServeOneAsync(pipe, address));

    /// <summary>Serves until the last round is over and every client has its results, or until a stop is requested.</summary>
    /// <param name="save">called when the last round is over, before the results are handed out</param>
    /// <param name="stop">requests a stop: sessions finish the current step, in 10 s at most, and end with a Goodbye</param>
    /// <param name="ct">stops at once</param>
    public async Task<ServedRun> RunAsync(Func<Task> save, CancellationToken stop, CancellationToken ct)
    {
        using var abort = ct.Register(Abort);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        using var stopped = either.Token.Register(() => Stop(SessionTimes.StopLimit));
        var completion = _dependencies.Scheduler.Completion;
        var stayedAway = _dependencies.Roster.StayedAway;
        await ((Task)Task.WhenAny(completion, stayedAway)).WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var isStopped = !completion.IsCompleted;
        if (isStopped && stayedAway.IsCompleted)
            Stop(TimeSpan.Zero); // a step that waits for them never ends
        if (!isStopped && await completion.ConfigureAwait(false))
        {
            await SaveAsync(save).ConfigureAwait(false);
            await HandOutAsync(either.Token).ConfigureAwait(false);
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await _sessions.WhenAllOver().ConfigureAwait(false);
        if (isStopped)
            return stayedAway.IsCompleted && !either.IsCancellationRequested ? ServedRun.ClientMissing : ServedRun.Stopped;
        return await completion.ConfigureAwait(false) ? ServedRun.Complete : ServedRun.AllClientsLeft;
    }

    /// <summary>Completes, with their names, when lost clients have stayed away for too long.</summary>
    public Task<string> StayedAway => _dependencies.Roster.StayedAway;

    /// <summary>Goes on without a client.</summary>
    /// <returns>whether there is such a client</returns>
    public Task<bool> LetGoAsync(string client) => _dependencies.Roster.LetGoAsync(client);

    public async ValueTask DisposeAsync()
    {
        await _aborting.CancelAsync().ConfigureAwait(false);
        if (_listener is not null)
            await _listener.DisposeAsync().ConfigureAwait(false);
        await _sessions.WhenAllOver().ConfigureAwait(false);
        _dependencies.Roster.Dispose();
        _stopping.Dispose();
        _stopLimit.Dispose();
        _closing.Dispose();
        _aborting.Dispose();
        _generating.Dispose();
    }

    /// <summary>What the server holds at the end of a round.</summary>
    private long AveragedBytes()
    {
        var plan = _dependencies.Plan;
        var parts = SplitSession.ClientSpecs(_dependencies.Stage.Blueprint, plan);
        return plan.Averages && !_dependencies.Settings.GenerateOnly ? plan.Clients.Expected * parts.Sum(spec => spec.Count * ElementTypes.FromScalarType(spec.Dtype).Size()) : 0;
    }

    private void Abort()
    {
        _checkpoints?.Close();
        _dependencies.Cluster?.Close();
        _aborting.Cancel();
    }

    /// <param name="limit">for the steps that are under way</param>
    private void Stop(TimeSpan limit)
    {
        _checkpoints?.Close();
        _dependencies.Cluster?.Close();
        _stopLimit.CancelAfter(limit);
        _stopping.Cancel();
    }

    /// <summary>Waits until every client has its results, or stays away for too long; then for the other servers, whose clients may still come here first.</summary>
    private async Task HandOutAsync(CancellationToken stop)
    {
        var roster = _dependencies.Roster;
        await ((Task)Task.WhenAny(roster.WhenAllLeft(), roster.StayedAway)).WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (roster.StayedAway.IsCompletedSuccessfully)
            Events.Warn($"'{await roster.StayedAway.ConfigureAwait(false)}' has not fetched its results: the run is over, and this side's are saved.");
        if (_dependencies.Cluster is { IsStopped: false } cluster)
            await cluster.EndTogetherAsync().ConfigureAwait(false);
    }

    /// <summary>Saves; only then may sessions hand the results out.</summary>
    private async Task SaveAsync(Func<Task> save)
    {
        try
        {
            await save().ConfigureAwait(false);
            _saved.SetResult();
        }
        catch (Exception e)
        {
            _saved.SetException(e);
            await _sessions.WhenAllOver().ConfigureAwait(false);
            throw;
        }
    }

    private async Task ServeOneAsync(IDuplexPipe pipe, string address)
    {
        using var admitting = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, _aborting.Token);
        try
        {
            var channel = await Handshake.AcceptAsync(pipe, address, _channel, admitting.Token).ConfigureAwait(false);
            await using var channelScope = channel.ConfigureAwait(false);
            var session = new SplitSession(_tap is null ? channel : new TappedChannel(channel, _tap), _dependencies);
            await using var sessionScope = session.ConfigureAwait(false);
            await session.RunAsync(_aborting.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Events.Report(new ServerEvent.ClientLost(address, "the server stopped before its handshake was over"));
        }
#pragma warning disable CA1031 // a failure of one connection must not end the others
        catch (Exception e)
        {
            Events.Report(new ServerEvent.ClientLost(address, e.Message) { Defect = e is FlGlmException ? null : e });
        }
    }

    private static WireSettings Limits(ServerSettings settings) => new()
    {
        MaxFrameBytes = settings.MaxFrameBytes,
        FrameLimitKey = "server.max_frame_bytes",
        HandshakeTimeoutSeconds = settings.HandshakeTimeoutS,
        PeerTimeoutSeconds = settings.PeerTimeoutS,
    };

    private static async Task<IPEndPoint> ResolveAsync(string listen, CancellationToken ct)
    {
        var (host, port) = HostPort.Parse(listen);
        if (IPAddress.TryParse(host, out var own))
            return new IPEndPoint(own, port);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, ct).ConfigureAwait(false);
            return new IPEndPoint(addresses.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0], port);
        }
        catch (SocketException e)
        {
            throw new NetworkException($"'{host}' is no address of this machine: {e.Message}. Set server.listen, e.g. 0.0.0.0:{port}.", e);
        }
    }
}
