using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Server.Scheduling;
using FlGlm.Server.Sessions;
using FlGlm.Server.Stages;
using Microsoft.Extensions.Logging;

namespace FlGlm.Server.Hosting;

/// <summary>Serves the middle of a model to the clients of one run.</summary>
public sealed partial class SplitServer : IAsyncDisposable
{
    private readonly SessionDependencies _dependencies;
    private readonly ChannelOptions _channel;
    private readonly SessionRegistry _sessions = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _aborting = new();
    private readonly SemaphoreSlim _generating;
    private FrameListener? _listener;

    /// <param name="stage">the middle; the caller saves and disposes it</param>
    /// <param name="scheduler">decides who computes when; the caller disposes it</param>
    /// <param name="lane">the thread for all tensor work</param>
    /// <param name="plan">without a <see cref="RunPlan.RunId"/> it gets a new one</param>
    /// <param name="content">the tensors that this side holds, to compare them with the clients'</param>
    /// <param name="seal">this side's keys; null = --insecure</param>
    public SplitServer(
        MiddleStage stage,
        ISplitScheduler scheduler,
        ComputeLane lane,
        RunPlan plan,
        ModelContent content,
        ServerSettings settings,
        SealOptions? seal,
        IServerObserver observer,
        ILogger logger)
    {
        if (plan.RunId.Length == 0 && !settings.GenerateOnly)
            plan = plan with { RunId = RandomNumberGenerator.GetHexString(32, lowercase: true) };
        _generating = new SemaphoreSlim(settings.MaxGenerating);
        _channel = new ChannelOptions { Name = "server", Seal = seal, Wire = Limits(settings) };
        _dependencies = new SessionDependencies
        {
            Plan = plan,
            TrainingContent = new RunContent(content, plan.RunId),
            GenerationContent = new RunContent(content, runId: ""),
            Stage = stage,
            Lane = lane,
            Scheduler = scheduler,
            Settings = settings,
            Observer = observer,
            Logger = logger,
            Generating = _generating,
            Caches = new CacheBudget(settings.MaxCacheTotalBytes),
            Stopping = _stopping.Token,
            Closing = _closing.Token,
        };
    }

    /// <summary>The id of the run that it serves; empty where it only generates.</summary>
    public string RunId => _dependencies.Plan.RunId;

    /// <summary>Opens the port; from now on clients can connect.</summary>
    /// <returns>the address it listens on, with the real port</returns>
    /// <exception cref="NetworkException">The port is taken, or the address is not this machine's.</exception>
    public async Task<IPEndPoint> ListenAsync(CancellationToken ct)
    {
        if (!_dependencies.Settings.GenerateOnly)
            LogRun(_dependencies.Logger, _dependencies.Plan.RunId);
        foreach (var notice in PlanNotices.Lines(_dependencies.Plan))
            LogNotice(_dependencies.Logger, notice);
        if (_channel.Seal is { } seal)
            await seal.Keys.WarmUpAsync(ct);
        _listener = await FrameListener.StartAsync(await ResolveAsync(_dependencies.Settings.Listen, ct), (pipe, address, _) => ServeAsync(pipe, address), ct);
        return _listener.EndPoint;
    }

    /// <summary>One connection, from handshake to goodbye; returns when it is over, and never throws.</summary>
    public Task ServeAsync(IDuplexPipe pipe, string address) => _sessions.RunAsync(() => ServeOneAsync(pipe, address));

    /// <summary>Serves until the last round is over and every client has its results, or until a stop is requested.</summary>
    /// <param name="stop">requests a stop: sessions finish the current step and end with a Goodbye</param>
    /// <param name="ct">stops at once</param>
    public async Task<ServedRun> RunAsync(CancellationToken stop, CancellationToken ct)
    {
        using var abort = ct.Register(_aborting.Cancel);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        var completion = _dependencies.Scheduler.Completion;
        await ((Task)completion).WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _closing.CancelAsync();
        if (!completion.IsCompleted)
            await _stopping.CancelAsync();
        await _sessions.WhenAllOver();
        if (_stopping.IsCancellationRequested)
            return ServedRun.Stopped;
        if (await completion)
            return ServedRun.Complete;
        return either.IsCancellationRequested ? ServedRun.Stopped : ServedRun.AllClientsLeft;
    }

    public async ValueTask DisposeAsync()
    {
        await _aborting.CancelAsync();
        if (_listener is not null)
            await _listener.DisposeAsync();
        await _sessions.WhenAllOver();
        _stopping.Dispose();
        _closing.Dispose();
        _aborting.Dispose();
        _generating.Dispose();
    }

    private async Task ServeOneAsync(IDuplexPipe pipe, string address)
    {
        using var admitting = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, _aborting.Token);
        try
        {
            await using var channel = await Handshake.AcceptAsync(pipe, address, _channel, admitting.Token);
            await new SplitSession(channel, _dependencies).RunAsync(_aborting.Token);
        }
        catch (FlGlmException e)
        {
            _dependencies.Observer.ClientLost(address, e.Message);
        }
        catch (OperationCanceledException)
        {
            _dependencies.Observer.ClientLost(address, "the server stopped before its handshake was over");
        }
#pragma warning disable CA1031 // a failure of one connection must not end the others
        catch (Exception e)
        {
            LogFailure(_dependencies.Logger, address, e);
            _dependencies.Observer.ClientLost(address, e.Message);
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
            var addresses = await Dns.GetHostAddressesAsync(host, ct);
            return new IPEndPoint(addresses.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0], port);
        }
        catch (SocketException e)
        {
            throw new NetworkException($"'{host}' is no address of this machine: {e.Message}. Set server.listen, e.g. 0.0.0.0:{port}.", e);
        }
    }
}
