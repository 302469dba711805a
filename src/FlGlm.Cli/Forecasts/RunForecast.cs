using FlGlm.Cli.Inspection;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Forecasts;

/// <summary>What a run will need: memory of each side, bytes and seconds of a step, the time of the whole.</summary>
/// <param name="Config">of the run</param>
/// <param name="Training">rows, steps and bytes of a client</param>
/// <param name="ClientBytes">of memory</param>
/// <param name="ServerBytes">of memory</param>
/// <param name="Compute">of a step, on this machine</param>
/// <param name="LocalSeconds">of both round trips of a step where both sides are on one machine: sealing, copying, waking threads</param>
internal sealed record RunForecast(
    FlGlmConfig Config, TrainingForecast Training, long ClientBytes, long ServerBytes, StepSeconds Compute, double LocalSeconds, NetworkLink Link)
{
    private const double MuchWire = 0.2;
    private const double MuchPadding = 0.25;

    public double WireSeconds => Link.StepSeconds(Training.BytesUp, Training.BytesDown) + LocalSeconds;

    /// <summary>A client's step while no other client has one.</summary>
    public double StepSeconds => Compute.Client + Compute.Server + WireSeconds;

    /// <summary>All steps of all clients, validation and waiting not counted; the server's machine computes like this one.</summary>
    public double RunSeconds => Training.Steps * Config.Training.Strategy switch
    {
        StrategyName.Serial => Clients * StepSeconds,
        StrategyName.ClientBatch => Compute.Client + (Clients * Compute.Server) + WireSeconds,
        _ => Math.Max(StepSeconds, Clients * Compute.Server),
    };

    private int Clients => Math.Max(1, Config.Clients.Expected);

    /// <summary>From a run of a model of the same shape with fewer blocks in the middle.</summary>
    /// <param name="whole">memory of the model's stages</param>
    /// <param name="tried">and of those that were tried</param>
    /// <param name="middleBlocks">blocks of the middle for each that was tried</param>
    public static RunForecast Of(FlGlmConfig config, TrainingForecast training, Footprint whole, Footprint tried, SplitTrial trial, double middleBlocks, NetworkLink link)
    {
        var same = training.First.Take(trial.Steps.Count).ToList();
        var (positions, bytes) = (training.First.Average(Positions) / same.Average(Positions), (training.BytesUp + training.BytesDown) / same.Average(step => (double)step.BytesUp + step.BytesDown));
        var compute = trial.Compute;
        var local = Math.Max(0, trial.Total - compute.Client - compute.Server);
        var overlap = trial.Total / (compute.Client + compute.Server + local); // less than 1 where micro-batches overlap
        compute = new StepSeconds(compute.Client, compute.Server * middleBlocks) * (positions * overlap);
        return new RunForecast(
            config, training, trial.ClientPeak + whole.ClientBytes - tried.ClientBytes, trial.ServerPeak + whole.ServerBytes - tried.ServerBytes + Replicas(config, whole), compute, local * bytes, link);
    }

    /// <summary>What would make it cheaper, the most useful first.</summary>
    public IEnumerable<string> Hints()
    {
        var wire = WireSeconds / StepSeconds;
        if (wire > MuchWire && Config.Training.MicroBatches == 1 && Config.Training.BatchSize > 1)
            yield return FormattableString.Invariant($"training.micro_batches: 2 lets both sides compute while the other's tensors travel; the wire is {100 * wire:0} % of a step");
        if (wire > MuchWire && Config.Compute.Dtype == ElementPrecision.Float32)
            yield return "compute.dtype: bfloat16 halves the bytes and the weights' memory, on processors and GPUs that compute it";
        if (Training.LengthAt(0.95) is var length && length < 0.7 * Training.Lengths[^1])
            yield return $"data.max_length: {length} cuts 5 % of the rows ({Training.Lengths[^1]} tokens at most now), and with them the memory of a step";
        if (!Config.Data.GroupByLength && Padding() is > MuchPadding and var padding)
            yield return FormattableString.Invariant($"data.group_by_length: true puts rows of similar length together; {100 * padding:0} % of what is computed is padding");
        if (Config.Split.Tail > 1 || Config.Split.Head > 1)
            yield return "split: fewer blocks in head and tail make the client cheaper, and the server learn more";
    }

    /// <summary>In a hierarchical run each client has a copy of what trains in the middle.</summary>
    private static long Replicas(FlGlmConfig config, Footprint whole) =>
        config.Training.Strategy == StrategyName.ServerHierarchical ? Math.Max(0, config.Clients.Expected - 1) * whole.Parts[1].TrainingBytes : 0;

    private double Padding() => 1 - (Training.First.Sum(step => (double)step.Tokens) / Training.First.Sum(Positions));

    /// <summary>Positions that are computed: rows are padded to the longest.</summary>
    private static double Positions(StepForecast step) => (double)step.Rows * step.Longest;
}
