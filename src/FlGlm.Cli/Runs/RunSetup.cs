using System.Diagnostics;
using FlGlm.Cli.Hosting;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace FlGlm.Cli.Runs;

/// <summary>The objects that every command with a model needs first: the device, its lane, the model's files and the run's plan.</summary>
internal sealed partial class RunSetup : IDisposable
{
    private RunSetup(Device device, HfCheckpoint checkpoint, ModelFamily family, RunPlan plan)
    {
        Checkpoint = checkpoint;
        Family = family;
        Plan = plan;
        Blueprint = StageBlueprint.Create(plan, family, device);
    }

    public ComputeLane Lane { get; } = new("compute");

    public HfCheckpoint Checkpoint { get; }

    public ModelFamily Family { get; }

    public RunPlan Plan { get; }

    public StageBlueprint Blueprint { get; }

    /// <summary>The longest row that the model accepts. In families that shift the tokens behind a prefix, the prefix uses the first positions.</summary>
    public int FreePositions =>
        Family.Shape.MaxPositions - (Plan.Peft.Method == PeftMethod.PTuningV2 && Family.Prefix.MovesPositions ? Plan.Peft.Prefix.Length : 0);

    /// <summary>Configures libtorch, then opens the model.</summary>
    public static RunSetup Open(CommandContext run)
    {
        var config = run.Config;
        var logger = run.Loggers.CreateLogger("flglm");
        var device = ComputeEnvironment.Apply(config.Compute);
        LogCompute(logger, config.Compute.Device, ComputeEnvironment.Describe());
        if (BFloat16Check.Warning(config.Compute) is { } slowType)
            LogWarning(logger, slowType);
        var checkpoint = HfCheckpoint.Open(config.Model.Path);
        var family = ModelFamily.Of(checkpoint);
        var plan = RunPlanner.Create(checkpoint, family, Settings(config));
        LogModel(logger, config.Model.Path, plan.Architecture);
        foreach (var unused in CheckpointWarnings.Of(checkpoint, family))
            LogWarning(logger, unused);
        foreach (var warning in plan.Peft.Start is { Length: > 0 } start ? AdapterWarnings.Lines(start, checkpoint) : [])
            LogAdapter(logger, warning);
        return new RunSetup(device, checkpoint, family, plan);
    }

    /// <summary>Hashes the weights that this side has files of. Logs how far it is every few seconds.</summary>
    public Task<ModelContent> ReadContentAsync(ILogger logger, CancellationToken ct)
    {
        var (clock, gate, bytes) = (Stopwatch.StartNew(), new Lock(), 0L);
        var hashes = new TensorHashes(TensorHashes.UserFolder) { Hashed = Report };
        return Task.Run(() => ModelContent.Read(Checkpoint, Family, Plan.Peft, hashes, ct), ct);

        void Report(long hashed)
        {
            lock (gate)
            {
                bytes += hashed;
                if (clock.Elapsed.TotalSeconds < 4)
                    return;
                clock.Restart();
                LogHashing(logger, bytes / 1e9);
            }
        }
    }

    public void Dispose()
    {
        Lane.Dispose();
        Checkpoint.Dispose();
    }

    private static RunPlan Settings(FlGlmConfig config) => new()
    {
        Split = config.Split,
        Peft = config.Peft,
        Optimizer = config.Optimizer,
        Training = config.Training,
        Clients = config.Clients,
        Serial = config.Serial,
        Crypto = config.Crypto,
        Precision = config.Compute.Dtype,
        ShareMiddle = config.Server.ShareMiddle,
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "computing on {Device}: {Settings}")]
    private static partial void LogCompute(ILogger logger, string device, string settings);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);

    [LoggerMessage(Level = LogLevel.Warning, Message = "peft.start: {Warning}")]
    private static partial void LogAdapter(ILogger logger, string warning);

    [LoggerMessage(Level = LogLevel.Information, Message = "hashing the weights, to compare them with the other side's: {Gigabytes:F1} GB so far")]
    private static partial void LogHashing(ILogger logger, double gigabytes);

    [LoggerMessage(Level = LogLevel.Information, Message = "model {Path}: {Architecture}")]
    private static partial void LogModel(ILogger logger, string path, string architecture);
}
