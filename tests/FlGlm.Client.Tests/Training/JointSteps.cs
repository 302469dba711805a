using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Server.Participants;
using FlGlm.Server.Scheduling;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>A client-batch scheduler over the middle of a random model as wide as differences need to show, and clients that send it what they like.</summary>
internal sealed class JointSteps : IDisposable
{
    public const int Hidden = 512;
    private static readonly TinyLlama Model = new() { Blocks = 3, Hidden = Hidden, Heads = 8, Intermediate = 1376, Vocabulary = 8, MaxPositions = 32, Deviation = 0.05 };
    private static readonly Lazy<TempFolder> Folder = new(() =>
    {
        var folder = new TempFolder();
        Model.Write(folder.Path);
        return folder;
    });

    private readonly ThreeStages _stages;
    private readonly ComputeLane _lane = new("server");
    private readonly StageOptimizer _optimizer;
    private readonly MiddleWorker _worker;

    public JointSteps(BatchProducts products, PeftSettings peft, double dropout, int clients)
    {
        var optimizer = new OptimizerSettings { Name = OptimizerName.Sgd, LearningRate = 0.01 };
        _stages = ThreeStages.Open(Folder.Value.Path, peft, change: blueprint => blueprint with { AttentionDropout = dropout });
        _optimizer = new StageOptimizer(Middle.Parameters, optimizer, 10);
        _worker = new MiddleWorker(Middle, _optimizer, _lane);
        var plan = new RunPlan
        {
            Training = new TrainingSettings { Strategy = StrategyName.ClientBatch, Steps = 10 },
            ClientBatch = new ClientBatchSettings { Products = products },
            Clients = new ClientsSettings { Expected = clients },
        };
        Scheduler = new ClientBatchScheduler(plan, _worker, new RunEvents());
        Clients = [.. Enumerable.Range(1, clients).Select(seat => new Participant($"client{seat}", $"client{seat}", 1) { Seat = seat })];
        Scheduler.StartAsync(Clients).Wait();
    }

    public MiddleStage Middle => _stages.Middle;

    public ClientBatchScheduler Scheduler { get; }

    public IReadOnlyList<Participant> Clients { get; }

    /// <summary>Random rows of these lengths.</summary>
    /// <param name="scale">that they are multiplied by</param>
    /// <returns>[B, T, H]</returns>
    public static Tensor Rows(SequenceLayout layout, int seed, double scale = 1)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        generator.manual_seed(seed);
        var rows = randn(layout.Rows, layout.Length, Hidden, generator: generator) * scale;
        foreach (var (row, length) in layout.Lengths.Index())
            rows.narrow(0, row, 1).narrow(1, length, layout.Length - length).zero_();
        return rows.MoveToOuterDisposeScope();
    }

    /// <summary>One client's step: hN-2 of its rows, and dL/dh0 of its gradient.</summary>
    public async Task<(Tensor Output, Tensor Back)> StepAsync(int client, SequenceLayout layout, int seed, double scale = 1, double gradientScale = 1)
    {
        using var hidden = Rows(layout, seed, scale);
        using var gradient = Rows(layout, seed + 1000, gradientScale);
        var (ticket, output) = await Scheduler.ForwardAsync(Clients[client], MiddleLeg.Here(hidden, layout), PassMode.Train, new StepTimings(), default);
        var back = await Scheduler.BackwardAsync(Clients[client], ticket!.Value, MiddleLeg.Here(gradient, layout), new StepTerms(false), new StepTimings(), default);
        return (output, back);
    }

    /// <summary>hN-2 of a client's rows, in a validation.</summary>
    public async Task<Tensor> EvaluateAsync(int client, SequenceLayout layout, int seed)
    {
        using var hidden = Rows(layout, seed);
        return (await Scheduler.ForwardAsync(Clients[client], MiddleLeg.Here(hidden, layout), PassMode.Evaluate, new StepTimings(), default)).Output;
    }

    /// <summary>One client's step in parts, as a session serves it: each answer before the next request, all forwards of a batch before its gradients.</summary>
    public async Task StepInPartsAsync(int client, params int[] batches)
    {
        var layout = new SequenceLayout([4]);
        using var rows = Rows(layout, client);
        var left = batches.Sum();
        foreach (var parts in batches)
        {
            var tickets = new List<PassTicket>();
            for (var part = 0; part < parts; part++)
                tickets.Add((await Scheduler.ForwardAsync(Clients[client], MiddleLeg.Here(rows, layout), PassMode.Train, new StepTimings(), default)).Ticket!.Value);
            foreach (var ticket in tickets)
                await Scheduler.BackwardAsync(Clients[client], ticket, MiddleLeg.Here(rows, layout), new StepTerms(--left > 0), new StepTimings(), default);
        }
    }

    public void Dispose()
    {
        Scheduler.Dispose();
        _worker.Dispose();
        _optimizer.Dispose();
        _lane.Dispose();
        _stages.Dispose();
    }
}
