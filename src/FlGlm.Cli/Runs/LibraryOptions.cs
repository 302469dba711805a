using FlGlm.Cli.Hosting;
using FlGlm.Client.Defences;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Generation;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Events;
using FlGlm.Privacy.Defences;
using FlGlm.Privacy.Settings;
using FlGlm.Server.Hosting;

namespace FlGlm.Cli.Runs;

/// <summary>The libraries' options from a configuration.</summary>
internal static class LibraryOptions
{
    /// <summary>Of a run that writes checkpoints and can be resumed.</summary>
    public static ServerOptions Server(RunContext run, SealOptions? seal) => Server(run.Config, seal, run.Directory.AdapterPath) with
    {
        Checkpoints = run.Directory.CheckpointsPath, Resume = run.ResumeFrom is not null, ResumeFrom = run.ResumeFrom ?? "",
    };

    /// <inheritdoc cref="Server(RunContext, SealOptions?)"/>
    public static ClientOptions Client(RunContext run, SealOptions? seal) => Client(run.Config, seal, run.Directory.AdapterPath) with
    {
        Defence = Defence(run, run.Config.Privacy),
        Checkpoints = run.Directory.CheckpointsPath, Resume = run.ResumeFrom is not null, ResumeFrom = run.ResumeFrom ?? "",
    };

    /// <param name="output">where trained values are written</param>
    public static ServerOptions Server(FlGlmConfig config, SealOptions? seal, string output) => new()
    {
        Model = config.Model.Path, Plan = Plan(config), Server = config.Server, Compute = config.Compute, Seal = seal, Output = output,
    };

    /// <inheritdoc cref="Server(FlGlmConfig, SealOptions?, string)"/>
    public static ClientOptions Client(FlGlmConfig config, SealOptions? seal, string output) => new()
    {
        Model = config.Model.Path, Plan = Plan(config), Data = config.Data, Evaluation = config.Evaluation, Generation = config.Generation, Client = config.Client, Compute = config.Compute, LengthBuckets = config.Privacy.LengthBuckets,
        Seal = seal, Output = output, NormsEvery = config.Run.Tensorboard ? config.Run.NormsEvery : 0,
    };

    /// <param name="isLocal">the middle is in this process</param>
    public static GeneratorOptions Generator(FlGlmConfig config, SealOptions? seal, bool isLocal, RunEvents events) => new()
    {
        Model = config.Model.Path,
        Plan = Plan(config),
        Generation = config.Generation,
        Template = config.Data.Template,
        SpecialTokens = config.Data.SpecialTokens,
        Compute = config.Compute,
        Server = isLocal ? null : config.Client,
        Seal = seal,
        Events = events,
    };

    /// <inheritdoc cref="Generator"/>
    /// <param name="output">the folder of predictions and summary</param>
    public static EvaluatorOptions Evaluator(FlGlmConfig config, SealOptions? seal, bool isLocal, string output) => new()
    {
        Model = config.Model.Path,
        Plan = Plan(config),
        Data = config.Data,
        Generation = config.Generation,
        Evaluation = config.Evaluation,
        Compute = config.Compute,
        Server = isLocal ? null : config.Client,
        Seal = seal,
        Output = output,
    };

    /// <summary>The defence of a run, whose secret lies in the run directory; null = the settings ask for none.</summary>
    public static IBoundaryDefence? Defence(RunContext run, PrivacySettings settings) => settings.IsOn ? PrivacyDefence.Open(settings, run.Directory.PrivacyPath, run.Config.Model.Path) : null;

    public static RunPlan Plan(FlGlmConfig config) => new()
    {
        Split = config.Split,
        Peft = config.Peft,
        Optimizer = config.Optimizer,
        Training = config.Training,
        Clients = config.Clients,
        Serial = config.Serial,
        ClientBatch = config.ClientBatch,
        Checkpoint = config.Checkpoint,
        Crypto = config.Crypto,
        Precision = config.Compute.Dtype,
        ShareMiddle = config.Server.ShareMiddle,
    };
}
