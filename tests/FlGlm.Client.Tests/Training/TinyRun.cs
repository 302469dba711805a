using System.IO.Pipelines;
using System.Net;
using FlGlm.Client.Sessions;
using FlGlm.Client.Stages;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Server.Hosting;
using FlGlm.Server.Scheduling;
using FlGlm.Testing;
using TorchSharp;

namespace FlGlm.Client.Tests.Training;

/// <summary>A server with the middle of a tiny model, and clients that reach it through memory.</summary>
internal sealed class TinyRun : IAsyncDisposable
{
    /// <summary>Long, because making RSA keys is slow on a busy machine.</summary>
    private const double Patience = 120;

    public static readonly TinyLlama Model = new() { Hidden = 16, Vocabulary = 32, MaxPositions = 64 };

    private readonly TempFolder _folder = new();
    private readonly ComputeLane _lane = new("server");
    private readonly StageOptimizer _optimizer;
    private readonly MiddleWorker _worker;
    private readonly ISplitScheduler _scheduler;
    private readonly bool _isSealed;
    private readonly Task<IPEndPoint>? _listening;
    private readonly List<IAsyncDisposable> _guests = [];
    private readonly List<string> _sides = [];

    /// <param name="overTcp">through the loopback interface instead of memory</param>
    /// <param name="model">another than <see cref="Model"/></param>
    /// <param name="files">the model's directory of which the server tells what it holds; null = its own</param>
    /// <param name="devices">of the replicas of server-hierarchical</param>
    /// <param name="extra">a parameter that the middle's optimizer steps first, and no pass uses</param>
    public TinyRun(
        RunPlan settings,
        bool sealedChannel = false,
        ServerSettings? server = null,
        bool overTcp = false,
        TinyModel? model = null,
        string? files = null,
        NamedParameter? extra = null,
        IReadOnlyList<torch.Device>? devices = null)
    {
        (model ?? Model).Write(_folder.At("model"));
        Checkpoint = HfCheckpoint.Open(_folder.At("model"));
        Family = ModelFamily.Of(Checkpoint);
        Plan = RunPlanner.Create(Checkpoint, Family, settings);
        Blueprint = StageBlueprint.Create(Plan, Family, torch.CPU);
        Content = ContentOf(files ?? Checkpoint.Directory, settings.Peft.Start);
        Middle = _lane.RunAsync(() => new MiddleStage(Checkpoint, Blueprint), default).Result;
        _optimizer = new StageOptimizer(extra is null ? Middle.Parameters : [extra, .. Middle.Parameters], Plan.Optimizer, Plan.ServerSteps([]));
        _worker = new MiddleWorker(Middle, _optimizer, _lane);
        _scheduler = FlGlmServer.StrategyOf(Plan, _worker, Seen.Reported, devices: devices);
        _isSealed = sealedChannel;
        var serving = server ?? new ServerSettings { HandshakeTimeoutS = Patience, Listen = "127.0.0.1:0" };
        Server = new SplitServer(_worker, _scheduler, Plan, Content, serving, Seal("server"), Seen.Reported);
        _listening = overTcp ? Server.ListenAsync(default) : null;
        Served = ServeAsync();
    }

    public HfCheckpoint Checkpoint { get; }

    public ModelFamily Family { get; }

    public RunPlan Plan { get; }

    /// <summary>The tensors that the server holds.</summary>
    public ModelContent Content { get; }

    public StageBlueprint Blueprint { get; }

    public MiddleStage Middle { get; }

    public SplitServer Server { get; }

    public RecordedServerEvents Seen { get; } = new();

    /// <summary>The address the server listens on, for a run over TCP.</summary>
    public Task<IPEndPoint> Listening => _listening ?? throw new InvalidOperationException("This run goes through memory.");

    /// <summary>Asks the server to stop.</summary>
    public CancellationTokenSource Stop { get; } = new();

    public Task<ServedRun> Served { get; }

    /// <summary>Called when the run is complete, before the results are handed out.</summary>
    public Func<Task> Save { get; set; } = () => Task.CompletedTask;

    /// <summary>Steps that the middle's optimizer has taken, and those that it expects in all.</summary>
    public (long Taken, long Expected) MiddleSteps => (_optimizer.Steps, _optimizer.TotalSteps);

    /// <summary>The first moments of the middle's Adam, by parameter: after one step a tenth of its gradient.</summary>
    public Dictionary<string, float[]> Moments()
    {
        const string moment = ".exp_avg";
        var opened = _optimizer.OpenMoments();
        var values = TinyTrainer.Values(opened.Where(each => each.Name.EndsWith(moment, StringComparison.Ordinal)));
        foreach (var each in opened)
            each.Value.Dispose();
        return values.ToDictionary(value => value.Key[..^moment.Length], value => value.Value);
    }

    /// <summary>A plan's settings for quick runs, which go on without a client that leaves.</summary>
    /// <param name="targets">of LoRA; null = those of <see cref="Model"/></param>
    public static RunPlan Settings(
        PeftMethod method = PeftMethod.Lora, double dropout = 0, int steps = 5, int clients = 1, int rounds = 1, IReadOnlyList<string>? targets = null) => new()
    {
        Peft = new PeftSettings
        {
            Method = method,
            Lora = new LoraSettings { Rank = 2, Dropout = dropout, Targets = [.. targets ?? Model.LoraTargets] },
            Prefix = new PrefixSettings { Length = 3, Dropout = dropout },
        },
        Optimizer = new OptimizerSettings { LearningRate = 0.01, ClipNorm = 1 },
        Training = new TrainingSettings { Steps = steps, BatchSize = 3, Rounds = rounds, AttentionDropout = dropout },
        Clients = new ClientsSettings { Expected = clients, WhenLost = WhenLost.Drop },
    };

    /// <summary>The same with steps of several batches, each in several parts.</summary>
    public static RunPlan InParts(RunPlan settings, int accumulate = 2, int microBatches = 2) =>
        settings with { Training = settings.Training with { Accumulate = accumulate, MicroBatches = microBatches } };

    /// <summary>The same with one kind of LoRA: <c>modules</c> that train whole, <c>patterns</c> of ranks and scales, or some <c>layers</c> only.</summary>
    public static RunPlan WithLora(RunPlan settings, string kind)
    {
        var lora = settings.Peft.Lora;
        return settings with
        {
            Peft = settings.Peft with
            {
                Lora = kind switch
                {
                    "modules" => lora with { ModulesToSave = ["lm_head", "embed_tokens"] },
                    "patterns" => lora with
                    {
                        Targets = NamesOrText.OfText(@".*\.(q|down)_proj"),
                        RankPattern = new Dictionary<string, int> { [@"1\..*q_proj"] = 3, ["q_proj"] = 1 },
                        AlphaPattern = new Dictionary<string, double> { ["down_proj"] = 2.5 },
                    },
                    _ => lora with { Layers = [1, 2], Init = LoraInit.Gaussian },
                },
            },
        };
    }

    /// <summary>A connected client with its own head and tail.</summary>
    /// <param name="own">the plan from its configuration; null = the server's</param>
    /// <param name="data">seeds its batches</param>
    /// <param name="through">an attacker on the connection</param>
    /// <param name="content">the tensors that it holds; null = the server's</param>
    /// <param name="key">which of the tests' identity keys it has; null = the next for every name</param>
    /// <param name="settings">the client's; null = the default ones</param>
    /// <param name="again">what stands on every further connection; null = a lost connection ends the client's run</param>
    public async Task<TinyClient> ConnectAsync(
        string name = "client", RunPlan? own = null, int data = 1, Relay? through = null, ModelContent? content = null, int? key = null, Func<Relay?>? again = null, ClientSettings? settings = null)
    {
        Func<string, CancellationToken, Task<IFrameChannel>>? connect = again is null ? null : (_, _) => OpenAsync(name, again(), key);
        var client = new TinyClient(await OpenAsync(name, through, key), OpenStages(), own ?? Plan, content ?? Content, data, connect: connect, settings: settings);
        _guests.Add(client);
        return client;
    }

    /// <summary>The tensors of a side with files of its own.</summary>
    /// <param name="start">an adapter to start from</param>
    public ModelContent ContentOf(string model, string start = "")
    {
        using var checkpoint = HfCheckpoint.Open(model);
        return ModelContent.Read(checkpoint, Family, Plan.Peft with { Start = start }, new TensorHashes(folder: null), default);
    }

    /// <summary>Head and tail as every client starts with them.</summary>
    public ClientStages OpenStages() => new(Checkpoint, Blueprint);

    /// <summary>A connection after its handshake and nothing else.</summary>
    public async Task<IFrameChannel> OpenAsync(string name = "client", Relay? through = null, int? key = null)
    {
        var channel = await Handshake.ConnectAsync(await DialAsync(name, through), "memory", new ChannelOptions { Name = name, Seal = Seal(name, key), Wire = new WireSettings { HandshakeTimeoutSeconds = Patience } }, default);
        _guests.Add(channel);
        return channel;
    }

    /// <summary>The same model and data in one process.</summary>
    public async Task<(List<float> Losses, Dictionary<string, float[]> Values)> TrainLocallyAsync(int data = 1)
    {
        using var lane = new ComputeLane("local");
        using var stage = new MiddleStage(Checkpoint, Blueprint);
        using var stages = new ClientStages(Checkpoint, Blueprint);
        using var optimizer = new StageOptimizer(stage.Parameters, Plan.Optimizer, Plan.ClientSteps(1));
        using var worker = new MiddleWorker(stage, optimizer, lane);
        using var own = new StageOptimizer(stages.Parameters, Plan.Optimizer, Plan.ClientSteps(1));
        var trainer = new TinyTrainer(stages, new LocalMiddle(worker), Plan, lane, data, own);
        await trainer.TrainAsync(1, (int)Plan.ClientSteps(1), default, default);
        return (trainer.Losses, TinyTrainer.Values([.. stages.Parameters, .. stage.Parameters]));
    }

    /// <summary>Adds one of the tests' identity keys to the peers that the server knows.</summary>
    public void Know(string name, int key) => new KnownPeers(_folder.At("known-to-server")).Add(new KnownPeer(name, TestKeys.Identity(key).PublicKey));

    /// <summary>Occupies the server's compute lane until the event is set.</summary>
    public Task HoldLaneAsync(ManualResetEventSlim until) => _lane.RunAsync(
        () =>
        {
            until.Wait();
            return true;
        },
        default);

    /// <summary>Occupies the server's compute lane for a time.</summary>
    public Task KeepBusyAsync(TimeSpan time) => _lane.RunAsync(() => Thread.CurrentThread.Join(time), default);

    /// <summary>Waits with a time-out.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(Patience));
        while (!condition())
            await Task.Delay(5, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var guest in _guests)
            await guest.DisposeAsync();
        await Server.DisposeAsync();
        _scheduler.Dispose();
        _worker.Dispose();
        _optimizer.Dispose();
        _lane.Dispose();
        Middle.Dispose();
        Checkpoint.Dispose();
        Stop.Dispose();
        _folder.Dispose();
    }

    /// <returns>when every event is recorded</returns>
    private async Task<ServedRun> ServeAsync()
    {
        var served = await Server.RunAsync(() => Save(), Stop.Token, default);
        await Seen.CompleteAsync();
        return served;
    }

    private async Task<IDuplexPipe> DialAsync(string name, Relay? through)
    {
        if (through is not null)
        {
            _ = Server.ServeAsync(through.Server, name);
            return through.Client;
        }

        if (_listening is not null)
            return await FrameConnector.ConnectAsync("127.0.0.1", (await _listening).Port, new ConnectSettings(), null, default);
        var pair = InMemoryPair.Create();
        _ = Server.ServeAsync(pair.Server, name);
        return pair.Client;
    }

    private IdentityKey IdentityOf(string side)
    {
        if (!_sides.Contains(side))
            _sides.Add(side);
        return TestKeys.Identity(_sides.IndexOf(side));
    }

    private SealOptions? Seal(string name, int? key = null) => _isSealed
        ? new SealOptions(
            key is { } number ? TestKeys.Identity(number) : IdentityOf(name),
            new KnownPeers(_folder.At("known-to-" + name), PeerTrust.FirstUse),
            name == "server" ? TestKeys.OfServers : TestKeys.OfClients)
        : null;
}
