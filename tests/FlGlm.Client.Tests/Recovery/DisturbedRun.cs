using System.Net;
using System.Collections.Concurrent;
using FlGlm.Client.Data;
using FlGlm.Client.Events;
using FlGlm.Client.Sessions;
using FlGlm.Client.Tests.Training;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Server.Events;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Recovery;

/// <summary>A server and its clients, each as its own run with checkpoints, that die and are started again as a test says.</summary>
internal sealed class DisturbedRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);
    private readonly TempFolder _folder = new();
    private readonly Link _link = new();
    private readonly RunPlan _plan;
    private readonly string _model;
    private readonly Dictionary<string, CancellationTokenSource> _lives = [];
    private readonly Dictionary<string, FlGlmRun> _runs = [];
    private readonly HashSet<string> _stopped = [];

    public DisturbedRun(RunPlan plan)
    {
        _plan = plan;
        _model = TinyRun.Model.Write(_folder.At("model"));
    }

    /// <summary>What each client's step has lost, in the last attempt; keys are "client step".</summary>
    public ConcurrentDictionary<string, float> Losses { get; } = [];

    /// <summary>Everything that was reported, in words, with who did.</summary>
    public ConcurrentQueue<string> Log { get; } = [];

    /// <summary>How long a server that died is gone.</summary>
    public TimeSpan Gone { get; init; }

    /// <summary>What a side waits for, by its name, before it is started again.</summary>
    public Func<string, Task> Returns { get; init; } = _ => Task.CompletedTask;

    /// <summary>Asked after every step of a client.</summary>
    public Func<string, int, Disturbance> Disturb { get; init; } = (_, _) => Disturbance.None;

    /// <summary>Asked at everything else that a client reports.</summary>
    public Func<string, ClientEvent, Disturbance> DisturbAt { get; init; } = (_, _) => Disturbance.None;

    /// <summary>Changes the options of a client's next process.</summary>
    public Func<ClientOptions, ClientOptions> Adapt { get; init; } = options => options;

    /// <summary>Changes the options of the server's next process.</summary>
    public Func<ServerOptions, ServerOptions> AdaptServer { get; init; } = options => options;

    /// <summary>Runs to the end.</summary>
    public async Task RunAsync()
    {
        using var limit = new CancellationTokenSource(Patience + Gone);
        string[] clients = [.. _plan.Clients.Names];
        var all = clients.Select(name => LiveAsync(name, limit.Token)).Append(LiveAsync("server", limit.Token)).ToList();
        try
        {
            while (all.Count > 0)
            {
                var ended = await Task.WhenAny(all);
                all.Remove(ended);
                await ended;
            }
        }
        catch
        {
            await limit.CancelAsync();
            foreach (var life in all)
                await life.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Where the server listens.</summary>
    public int ServerPort { set => _link.Port = value; }

    /// <summary>A path in the folder of all sides.</summary>
    public string At(params string[] parts) => _folder.At(parts);

    /// <summary>The bytes of everything that a side has on the disk.</summary>
    public Dictionary<string, byte[]> Disk(string side) => Directory.EnumerateFiles(_folder.At(side), "*", SearchOption.AllDirectories).ToDictionary(path => path, File.ReadAllBytes);

    /// <summary>The bytes of what both sides have written at the end, by file.</summary>
    public Dictionary<string, byte[]> Results() => _plan.Clients.Names.Append("server")
        .SelectMany(side => new[] { _folder.At(side, "adapter"), _folder.At(side, "adapter-best") }.Where(Directory.Exists))
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.safetensors", SearchOption.AllDirectories))
        .ToDictionary(path => Path.GetRelativePath(_folder.At(), path), File.ReadAllBytes);

    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>One side, over all its processes.</summary>
    private async Task LiveAsync(string side, CancellationToken limit)
    {
        for (var resumes = false; ; resumes = true)
        {
            if (resumes && side == "server")
                await Task.Delay(Gone, limit);
            if (resumes)
                await Returns(side).WaitAsync(limit);
            using var life = CancellationTokenSource.CreateLinkedTokenSource(limit);
            lock (_lives)
                _lives[side] = life;
            try
            {
                FlGlmRun run = side == "server" ? new FlGlmServer(AdaptServer(ServerOptions(resumes))) : new FlGlmClient(Adapt(ClientOptions(side, resumes)));
                lock (_lives)
                    _runs[side] = run;
                await foreach (var happened in run.RunAsync(life.Token))
                    See(side, happened);
                if (!life.IsCancellationRequested && !HasStopped(side))
                    return;
                Log.Enqueue($"{side}: died");
            }
            catch (OperationCanceledException) when (life.IsCancellationRequested && !limit.IsCancellationRequested)
            {
                Log.Enqueue($"{side}: died");
            }
            catch (NetworkException e) when (IsOfAStop(e))
            {
                Log.Enqueue($"{side}: {e.Message}");
                HasStopped(side);
            }
            catch (Exception e)
            {
                Log.Enqueue($"{side}: {e.Message}");
                if (!life.IsCancellationRequested || limit.IsCancellationRequested)
                    throw new InvalidOperationException($"{side} failed:\n{string.Join('\n', Log.TakeLast(60))}", e);
            }
        }
    }

    /// <summary>Whether the others have stopped, and whoever starts them again starts this side again too.</summary>
    private static bool IsOfAStop(NetworkException e) =>
        e.Message.StartsWith("The server stopped before the last round", StringComparison.Ordinal) || e.Message.StartsWith("Every client left before the last round", StringComparison.Ordinal);

    private void See(string side, RunEvent happened)
    {
        if (happened is not StepReport and not ServerEvent.StepServed and not ClientEvent.Retrying)
            Log.Enqueue($"{side}: {happened}");
        switch (happened)
        {
            case ServerEvent.Listening listening:
                _link.Port = HostPort.Parse(listening.Address).Port;
                break;
            case StepReport step:
                Losses[$"{side} {step.Step}"] = step.Loss;
                Log.Enqueue($"{side}: step {step.Step}");
                Do(Disturb(side, step.Step), side);
                break;
            case ClientEvent reported:
                Do(DisturbAt(side, reported), side);
                break;
        }
    }

    /// <summary>Disturbs the run now.</summary>
    public void Do(Disturbance disturbance, string client)
    {
        if (disturbance != Disturbance.None)
            Log.Enqueue($"{client}: {disturbance}");
        if (disturbance is Disturbance.Move)
            _link.From = IPAddress.Parse("127.0.0.2");
        if (disturbance is Disturbance.Cut or Disturbance.Move)
            _link.Cut();
        if (disturbance is Disturbance.CutSoon)
            _link.CutAfter(1000);
        if (disturbance is Disturbance.KillServer or Disturbance.KillBoth)
        {
            _link.Port = 0; // nothing that a dying process still says comes through
            _link.Cut();
            Kill("server");
        }

        if (disturbance is Disturbance.StopServer or Disturbance.StopBoth)
            Stop("server");
        if (disturbance is Disturbance.StopClient or Disturbance.StopBoth)
            Stop(client);
        if (disturbance is Disturbance.KillClient or Disturbance.KillBoth)
            Kill(client);
    }

    private void Stop(string side)
    {
        lock (_lives)
        {
            _stopped.Add(side);
            _runs[side].Stop();
        }
    }

    /// <summary>Whether it was asked to stop; asked once.</summary>
    private bool HasStopped(string side)
    {
        lock (_lives)
            return _stopped.Remove(side);
    }

    private void Kill(string side)
    {
        lock (_lives)
            _lives[side].Cancel();
    }

    public ServerOptions ServerOptions(bool resumes = true) => new()
    {
        Model = _model,
        Plan = _plan,
        Server = new ServerSettings { Listen = "127.0.0.1:0" },
        Output = _folder.At("server", "adapter"),
        Checkpoints = _folder.At("server", "checkpoints"),
        Resume = resumes,
    };

    public ClientOptions ClientOptions(string name, bool resumes = true)
    {
        var random = new Random(name.Length + name[0]);
        var path = _folder.Write($"{name}.jsonl", string.Concat(Enumerable.Range(3, 9).Select(length => $"{{\"input_ids\": [{string.Join(", ", Enumerable.Range(0, length).Select(_ => random.Next(1, 32)))}]}}\n")));
        return new ClientOptions
        {
            Model = _model,
            Plan = _plan,
            Data = new DataSettings { Train = [path], MaxLength = 32 },
            Client = new ClientSettings { Name = name, Connect = _link.Address },
            Output = _folder.At(name, "adapter"),
            Checkpoints = _folder.At(name, "checkpoints"),
            Resume = resumes,
        };
    }
}
