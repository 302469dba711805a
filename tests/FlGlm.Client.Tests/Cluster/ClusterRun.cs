using System.Collections.Concurrent;
using FlGlm.Client.Tests.Recovery;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Server.Cluster;
using FlGlm.Server.Events;
using FlGlm.Server.Hosting;

namespace FlGlm.Client.Tests.Cluster;

/// <summary>Several servers and their clients in one process; clients connect to rank 0 first.</summary>
internal sealed class ClusterRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private readonly RunPlan _plan;
    private readonly DisturbedRun _files;
    private readonly Link[] _links;
    private readonly CancellationTokenSource _limit = new(Patience);
    private CancellationTokenSource _life;
    private bool _hasDied;

    public ClusterRun(RunPlan plan, int servers)
    {
        (_plan, _files) = (plan, new DisturbedRun(plan));
        _links = [.. Enumerable.Range(0, servers).Select(_ => new Link())];
        _life = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token);
    }

    /// <summary>What each client's step has lost, in the last attempt; keys are "client step".</summary>
    public ConcurrentDictionary<string, float> Losses { get; } = [];

    /// <summary>Everything that was reported, in words, with who did.</summary>
    public ConcurrentQueue<string> Log { get; } = [];

    /// <summary>Called at everything that a side reports.</summary>
    public Action<string, RunEvent> Seen { get; init; } = (_, _) => { };

    /// <summary>Changes the options of a server.</summary>
    public Func<int, ServerOptions, ServerOptions> AdaptServer { get; init; } = (_, options) => options;

    /// <summary>Changes the options of a client.</summary>
    public Func<ClientOptions, ClientOptions> AdaptClient { get; init; } = options => options;

    /// <summary>Called when all servers have died, before they are started again.</summary>
    public Action BeforeNext { get; init; } = () => { };

    /// <summary>The clients that a test starts itself.</summary>
    public IReadOnlyList<string> Later { get; init; } = [];

    /// <summary>The connections to a server.</summary>
    public Link LinkOf(int rank) => _links[rank];

    /// <summary>The servers die at once, and are started again when all are gone; what they still say does not come through.</summary>
    public void KillServers()
    {
        if (_hasDied)
            return;
        _hasDied = true;
        foreach (var link in _links)
        {
            link.Port = 0;
            link.Cut();
        }

        _life.Cancel();
    }

    /// <summary>Runs to the end.</summary>
    public async Task RunAsync()
    {
        List<Task> all = [ServeAsync(), .. _plan.Clients.Names.Except(Later).Select(name => RunClientAsync(name))];
        try
        {
            while (all.Count > 0)
            {
                var ended = await Task.WhenAny(all);
                all.Remove(ended);
                await ended;
            }
        }
        catch (Exception e)
        {
            await _limit.CancelAsync();
            foreach (var side in all)
                await side.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw e is FlGlmException ? e : new InvalidOperationException($"It failed:\n{string.Join('\n', Log.TakeLast(80))}", e);
        }
    }

    /// <summary>One client, over all connections.</summary>
    public Task RunClientAsync(string name) => FollowAsync(name, new FlGlmClient(AdaptClient(ClientOptions(name))), _limit.Token);

    /// <summary>All servers, once, without clients.</summary>
    /// <returns>how each has ended, by rank</returns>
    public async Task<IReadOnlyList<Exception?>> ServersAsync()
    {
        var ends = await Task.WhenAll(Servers(resumes: true).Select((server, rank) => EndOfAsync(FollowAsync($"rank-{rank}", server, _limit.Token))));
        return ends;

        static async Task<Exception?> EndOfAsync(Task work)
        {
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return work.Exception?.InnerException;
        }
    }

    /// <summary>The folder of a server's checkpoints.</summary>
    public string CheckpointsOf(int rank) => _files.At($"rank-{rank}", "checkpoints");

    /// <summary>The bytes of what a side has written at the end, by file.</summary>
    public Dictionary<string, byte[]> Adapter(string side) => Directory.EnumerateFiles(_files.At(side, "adapter"), "*.safetensors", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetRelativePath(_files.At(side), path), File.ReadAllBytes);

    /// <summary>What a run with one server has under the same names: the clients' files, and those of rank 0 as the server's.</summary>
    public Dictionary<string, byte[]> Results() => _plan.Clients.Names.Append("rank-0")
        .SelectMany(side => Adapter(side).Select(file => (Path.Combine(side == "rank-0" ? "server" : side, file.Key), file.Value)))
        .ToDictionary();

    public async ValueTask DisposeAsync()
    {
        foreach (var link in _links)
            await link.DisposeAsync();
        await _files.DisposeAsync();
        _life.Dispose();
        _limit.Dispose();
    }

    /// <summary>The servers' processes, until a run of theirs has ended by itself.</summary>
    private async Task ServeAsync()
    {
        for (var resumes = false; ; resumes = true)
        {
            await ServeAsync(resumes);
            if (!_life.IsCancellationRequested || _limit.IsCancellationRequested)
                return;
            _life.Dispose();
            _life = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token);
            BeforeNext();
        }
    }

    private async Task ServeAsync(bool resumes)
    {
        var life = _life.Token;
        var all = Servers(resumes).Select((server, rank) => FollowAsync($"rank-{rank}", server, life)).ToList();
        try
        {
            while (all.Count > 0)
            {
                var ended = await Task.WhenAny(all);
                all.Remove(ended);
                await ended;
            }
        }
        catch (Exception) when (life.IsCancellationRequested && !_limit.IsCancellationRequested)
        {
            foreach (var server in all)
                await server.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private IEnumerable<FlGlmServer> Servers(bool resumes)
    {
        var links = MemoryCluster.Create(_links.Length);
        return [.. links.Select((own, rank) => new FlGlmServer(AdaptServer(rank, ServerOptions(rank, resumes))) { Links = own })];
    }

    private async Task FollowAsync(string side, FlGlmRun run, CancellationToken life)
    {
        await foreach (var happened in run.RunAsync(life))
        {
            Log.Enqueue($"{side}: {happened}");
            if (happened is ServerEvent.Listening listening && !life.IsCancellationRequested)
                _links[int.Parse(side[5..])].Port = HostPort.Parse(listening.Address).Port;
            if (happened is StepReport step)
                Losses[$"{side} {step.Step}"] = step.Loss;
            Seen(side, happened);
        }
    }

    private ServerOptions ServerOptions(int rank, bool resumes) => _files.ServerOptions(resumes) with
    {
        Server = new ServerSettings { Listen = "127.0.0.1:0", Cluster = ClusterKind.Mpi, Advertise = [.. _links.Select(link => link.Address)] },
        Output = _files.At($"rank-{rank}", "adapter"),
        Checkpoints = CheckpointsOf(rank),
    };

    private ClientOptions ClientOptions(string name) => _files.ClientOptions(name) is var options
        ? options with { Client = options.Client with { Connect = _links[0].Address } }
        : options;
}
