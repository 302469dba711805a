using FlGlm.Benchmarks.Loopback;
using FlGlm.Cli;
using FlGlm.Cli.Runs;
using FlGlm.Client.Data;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using FlGlm.Server.Hosting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Benchmarks;

/// <summary>What a step is measured on: a random Llama on disk, a method, the plan of a one-client run, batches of random ids.</summary>
internal sealed class Scenario : IDisposable
{
    private const double LearningRate = 1e-3;

    /// <summary>More than any benchmark takes; rates are constant.</summary>
    private const int Steps = 1_000_000;

    private readonly TempFolder _folder = new();
    private readonly TinyLlama _model;
    private readonly string _modelDirectory;
    private readonly bool _ownsCheckpoint;

    /// <param name="rows">B</param>
    /// <param name="length">T</param>
    /// <param name="microBatches">under way at once in a split step</param>
    public Scenario(TinyLlama model, PeftMethod method, int rows = 8, int length = 128, int microBatches = 1)
    {
        (_model, Length, _ownsCheckpoint) = (model, length, true);
        _modelDirectory = model.Write(_folder.At("model"));
        Checkpoint = HfCheckpoint.Open(_modelDirectory);
        Plan = PlanOf(new RunPlan
        {
            Peft = new PeftSettings { Method = method },
            Optimizer = new OptimizerSettings { LearningRate = LearningRate },
            Training = new TrainingSettings { Steps = Steps, BatchSize = rows, MicroBatches = microBatches },
        });
        Blueprint = BlueprintOf(Plan);
    }

    private Scenario(Scenario model, RunPlan settings)
    {
        (_model, _modelDirectory, Length, Threads, Checkpoint) = (model._model, model._modelDirectory, model.Length, model.Threads, model.Checkpoint);
        Plan = PlanOf(settings);
        Blueprint = BlueprintOf(Plan);
    }

    /// <summary>8 blocks, H 512, FFN 1376, V 8000: where compute is what a small model's is.</summary>
    public static TinyLlama Model { get; } = new()
    {
        Blocks = 8,
        Hidden = 512,
        Heads = 8,
        KeyValueHeads = 8,
        Intermediate = 1376,
        Vocabulary = 8000,
        MaxPositions = 512,
        Deviation = 0.02,
    };

    /// <summary>The same with fewer words: less to hold and to compute for each of many clients.</summary>
    public static TinyLlama SmallVocabularyModel { get; } = Model with { Vocabulary = 1000 };

    /// <summary>The same H, and so the same bytes on the wire, with next to no compute.</summary>
    public static TinyLlama ShrunkModel { get; } = Model with { Blocks = 3, Intermediate = 32, Vocabulary = 64 };

    /// <summary>12 blocks, for generation.</summary>
    public static TinyLlama DeepModel { get; } = Model with { Blocks = 12, MaxPositions = 1024 };

    /// <summary>1.1 billion parameters with 22 blocks, 4.4 GB in float32.</summary>
    public static TinyLlama LargeModel { get; } = new()
    {
        Blocks = 22,
        Hidden = 2048,
        Heads = 32,
        KeyValueHeads = 4,
        Intermediate = 5632,
        Vocabulary = 32000,
        MaxPositions = 512,
        Deviation = 0.02,
    };

    /// <summary>The defaults of each: LoRA on q_proj and v_proj with r 8; P-tuning v2 with L 128.</summary>
    public static IReadOnlyList<(string Name, PeftMethod Method)> Methods { get; } =
        [("LoRA r 8", PeftMethod.Lora), ("P-tuning v2 L 128", PeftMethod.PTuningV2)];

    /// <summary>B.</summary>
    public int Rows => Plan.Training.BatchSize;

    /// <summary>T.</summary>
    public int Length { get; }

    /// <summary>libtorch's threads of the server.</summary>
    public int Threads { get; init; } = 1;

    public HfCheckpoint Checkpoint { get; }

    public RunPlan Plan { get; }

    public StageBlueprint Blueprint { get; }

    /// <summary>Every row T long.</summary>
    public TrainingBatch FullBatch() => Batch(_ => Length);

    /// <summary>Rows of T, 7/8 T, ..., 1/8 T.</summary>
    public TrainingBatch RaggedBatch() => Batch(row => Length * (Rows - row) / Rows);

    /// <summary>Another plan for the same model, which must be disposed of later.</summary>
    public Scenario With(Func<RunPlan, RunPlan> change, int threads = 1) => new(this, change(Plan)) { Threads = threads };

    /// <summary>The configuration of a server of this plan.</summary>
    /// <returns>its path</returns>
    public string WriteConfig(string listen, bool generateOnly, LoopbackKeys keys) => _folder.Write("server.yaml", ConfigWriter.Write(new FlGlmConfig
    {
        Model = new ModelSettings { Path = _modelDirectory },
        Peft = Plan.Peft,
        Optimizer = Plan.Optimizer,
        Training = Plan.Training,
        Clients = Plan.Clients,
        ClientBatch = Plan.ClientBatch,
        Compute = new ComputeSettings { Threads = Threads },
        Server = new ServerSettings { Listen = listen, GenerateOnly = generateOnly },
        Keys = new KeysSettings { Identity = keys.ServerIdentity, KnownPeers = keys.KnownToServer },
        Run = new RunSettings { Directory = _folder.At("run") },
    }));

    public void Dispose()
    {
        if (_ownsCheckpoint)
            Checkpoint.Dispose();
        _folder.Dispose();
    }

    private RunPlan PlanOf(RunPlan settings) => RunPlanner.Create(Checkpoint, _model.Family, settings);

    private StageBlueprint BlueprintOf(RunPlan plan) => StageBlueprint.Create(plan, _model.Family, CPU);

    private TrainingBatch Batch(Func<int, int> length)
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, Rows).Select(row => Enumerable.Range(0, length(row)).Select(_ => random.Next(1, _model.Vocabulary)).ToArray());
        return BatchCollator.Collate([.. rows.Select(ids => new Example(ids, ids))]);
    }
}
