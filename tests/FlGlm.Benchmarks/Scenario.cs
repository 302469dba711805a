using System.Globalization;
using FlGlm.Benchmarks.Loopback;
using FlGlm.Client.Data;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Planning;
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
    private readonly int _vocabulary;
    private readonly PeftMethod _method;

    /// <param name="rows">B</param>
    /// <param name="length">T</param>
    /// <param name="microBatches">under way at once in a split step</param>
    public Scenario(TinyLlama model, PeftMethod method, int rows = 8, int length = 128, int microBatches = 1)
    {
        (_vocabulary, _method, Rows, Length) = (model.Vocabulary, method, rows, length);
        Checkpoint = HfCheckpoint.Open(model.Write(ModelDirectory));
        var family = ModelFamily.Of(Checkpoint);
        Plan = RunPlanner.Create(Checkpoint, family, new RunPlan
        {
            Peft = new PeftSettings { Method = method },
            Optimizer = new OptimizerSettings { LearningRate = LearningRate },
            Training = new TrainingSettings { Steps = Steps, BatchSize = Rows, MicroBatches = microBatches },
        });
        Blueprint = StageBlueprint.Create(Plan, family, CPU);
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
    public int Rows { get; }

    /// <summary>T.</summary>
    public int Length { get; }

    public HfCheckpoint Checkpoint { get; }

    private string ModelDirectory => _folder.At("model");

    public RunPlan Plan { get; }

    public StageBlueprint Blueprint { get; }

    /// <summary>Every row T long.</summary>
    public TrainingBatch FullBatch() => Batch(_ => Length);

    /// <summary>Rows of T, 7/8 T, ..., 1/8 T.</summary>
    public TrainingBatch RaggedBatch() => Batch(row => Length * (Rows - row) / Rows);

    /// <summary>The configuration of a server of this plan.</summary>
    /// <returns>its path</returns>
    public string WriteConfig(string listen, bool generateOnly, LoopbackKeys keys) => _folder.Write("server.yaml", $$"""
        model: { path: {{ModelDirectory}} }
        peft: { method: {{(_method == PeftMethod.Lora ? "lora" : "p_tuning_v2")}} }
        optimizer: { learning_rate: {{LearningRate.ToString(CultureInfo.InvariantCulture)}} }
        training: { steps: {{Steps}}, batch_size: {{Rows}}, micro_batches: {{Plan.Training.MicroBatches}} }
        compute: { threads: 1 }
        server: { listen: {{listen}}, generate_only: {{(generateOnly ? "true" : "false")}} }
        keys: { identity: {{keys.ServerIdentity}}, known_peers: {{keys.KnownToServer}} }
        run: { directory: {{_folder.At("run")}} }
        """);

    public void Dispose()
    {
        Checkpoint.Dispose();
        _folder.Dispose();
    }

    private TrainingBatch Batch(Func<int, int> length)
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, Rows).Select(row => Enumerable.Range(0, length(row)).Select(_ => random.Next(1, _vocabulary)).ToArray());
        return BatchCollator.Collate([.. rows.Select(ids => new Example(ids, ids))]);
    }
}
