using System.Diagnostics;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Core.Planning;

/// <summary>A model's files with the plan of a run: what any side needs before it loads its stages. Its lane is the side's only one.</summary>
public sealed class SplitModel : IDisposable
{
    private static readonly TimeSpan HashingNotice = TimeSpan.FromSeconds(4);
    private readonly RunEvents _events;

    private SplitModel(Device device, int threads, HfCheckpoint checkpoint, ModelFamily family, RunPlan plan, RunEvents events)
    {
        Lane = new ComputeLane("compute", threads);
        (Checkpoint, Family, Plan, _events) = (checkpoint, family, plan, events);
        Blueprint = StageBlueprint.Create(plan, family, device);
    }

    /// <summary>The thread for all tensors of this side.</summary>
    public ComputeLane Lane { get; }

    /// <summary>The files of the base model.</summary>
    public HfCheckpoint Checkpoint { get; }

    /// <summary>The architecture that <c>config.json</c> names.</summary>
    public ModelFamily Family { get; }

    /// <summary>Complete: for this model.</summary>
    public RunPlan Plan { get; }

    /// <summary>What the stages of this run are built from.</summary>
    public StageBlueprint Blueprint { get; }

    /// <summary>The longest row that the model accepts. In families that shift the tokens behind a prefix, the prefix uses the first positions.</summary>
    public int FreePositions => FreePositionsOf(Family, Plan.Peft);

    /// <inheritdoc cref="FreePositions"/>
    internal static int FreePositionsOf(ModelFamily family, PeftSettings peft) =>
        family.Shape.MaxPositions - (peft.Method == PeftMethod.PTuningV2 && family.Prefix.MovesPositions ? peft.Prefix.Length : 0);

    /// <summary>Configures libtorch, then opens the model's files.</summary>
    /// <param name="path">the checkpoint directory</param>
    /// <param name="plan">with the settings alone</param>
    /// <param name="events">receives warnings</param>
    /// <exception cref="CheckpointException">A file cannot be used.</exception>
    /// <exception cref="ConfigurationException">The settings do not fit the model or the machine.</exception>
    public static SplitModel Open(string path, RunPlan plan, ComputeSettings compute, RunEvents events)
    {
        var device = ComputeEnvironment.Apply(compute);
        events.Report($"computing on {compute.Device}: {ComputeEnvironment.Describe()}");
        if (BFloat16Check.Warning(compute) is { } slowType)
            events.Warn(slowType);
        var checkpoint = HfCheckpoint.Open(path);
        var family = ModelFamily.Of(checkpoint);
        var complete = RunPlanner.Create(checkpoint, family, plan);
        events.Report($"model {path}: {complete.Architecture}");
        if (family.Shape.Hidden >= NamedBlas.WorthIt && NamedBlas.Hint(compute) is { } faster)
            events.Report(faster);
        foreach (var unused in CheckpointWarnings.Of(checkpoint, family))
            events.Warn(unused);
        foreach (var warning in complete.Peft.Start is { Length: > 0 } start ? AdapterWarnings.Lines(start, checkpoint) : [])
            events.Warn($"peft.start: {warning}");
        return new SplitModel(device, compute.Resolved().Threads!.Value, checkpoint, family, complete, events);
    }

    /// <summary>Loads a stage with the adapter to start from, on the lane.</summary>
    /// <param name="make">creates it from checkpoint and blueprint</param>
    /// <param name="stages">its stages with the parameters that they train</param>
    public Task<T> LoadAsync<T>(
        Func<HfCheckpoint, StageBlueprint, T> make, Func<T, IEnumerable<(StageName Stage, IReadOnlyList<NamedParameter> Parameters)>> stages, CancellationToken ct) =>
        Lane.RunAsync(
            () =>
            {
                var made = make(Checkpoint, Blueprint);
                foreach (var (stage, parameters) in Plan.Peft.Start.Length > 0 ? stages(made) : [])
                    AdapterImport.Load(Plan.Peft.Start, Blueprint, stage, parameters);
                Checkpoint.CloseFiles();
                return made;
            },
            ct);

    /// <summary>Loads the middle.</summary>
    public Task<MiddleStage> LoadMiddleAsync(CancellationToken ct) =>
        LoadAsync((checkpoint, blueprint) => new MiddleStage(checkpoint, blueprint), middle => [(StageName.Middle, middle.Parameters)], ct);

    /// <summary>Hashes the weights that this side has files of, to compare them with the other side's or a checkpoint's. Reports how far it is every few seconds.</summary>
    public Task<ModelContent> ReadContentAsync(CancellationToken ct)
    {
        var (clock, gate, bytes) = (Stopwatch.StartNew(), new Lock(), 0L);
        var hashes = new TensorHashes(TensorHashes.UserFolder) { Hashed = Report };
        return Task.Run(() => ModelContent.Read(Checkpoint, Family, Plan.Peft, hashes, ct), ct);

        void Report(long hashed)
        {
            lock (gate)
            {
                bytes += hashed;
                if (clock.Elapsed < HashingNotice)
                    return;
                clock.Restart();
                _events.Report(FormattableString.Invariant($"hashing the weights, to compare them with the other side's or a checkpoint's: {bytes / 1e9:F1} GB so far"));
            }
        }
    }

    /// <summary>Writes trained values: an adapter directory or a checkpoint, in parts where not all stages are given.</summary>
    /// <param name="directory">empty = nothing is written</param>
    /// <param name="stages">the stages whose values are given</param>
    /// <param name="runId">the id that parts keep; empty = not known</param>
    /// <param name="step">steps taken, for the report</param>
    public async Task SaveAsync(string directory, IReadOnlySet<StageName> stages, IReadOnlyDictionary<string, Tensor> values, string runId, long step)
    {
        if (directory.Length == 0)
            return;
        var written = await Lane.RunAsync(() => TrainedParts.Write(directory, Checkpoint, Blueprint, stages, values, runId), CancellationToken.None).ConfigureAwait(false);
        _events.Report(new RunEvent.Saved(step, written));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Lane.Dispose();
        Checkpoint.Dispose();
    }
}
