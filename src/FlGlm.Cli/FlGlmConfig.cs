using FlGlm.Cli.Privacy;
using FlGlm.Cli.Runs;
using FlGlm.Cli.Simulation;
using FlGlm.Cli.Telemetry;
using FlGlm.Cli.Web;
using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Generation;
using FlGlm.Client.Sessions;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Settings;
using FlGlm.Server.Hosting;

namespace FlGlm.Cli;

/// <summary>A configuration file with all sections. Every command validates only the sections that it uses.</summary>
public sealed record FlGlmConfig
{
    public ModelSettings Model { get; init; } = new();

    public SplitSettings Split { get; init; } = new();

    public PeftSettings Peft { get; init; } = new();

    public OptimizerSettings Optimizer { get; init; } = new();

    public TrainingSettings Training { get; init; } = new();

    public ClientsSettings Clients { get; init; } = new();

    public SerialSettings Serial { get; init; } = new();

    public ClientBatchSettings ClientBatch { get; init; } = new();

    public CheckpointSettings Checkpoint { get; init; } = new();

    public CryptoSettings Crypto { get; init; } = new();

    public ComputeSettings Compute { get; init; } = new();

    public DataSettings Data { get; init; } = new();

    public ServerSettings Server { get; init; } = new();

    public ClientSettings Client { get; init; } = new();

    public PrivacySettings Privacy { get; init; } = new();

    public KeysSettings Keys { get; init; } = new();

    public GenerationSettings Generation { get; init; } = new();

    public EvaluationSettings Evaluation { get; init; } = new();

    public RunSettings Run { get; init; } = new();

    public TelemetrySettings Telemetry { get; init; } = new();

    public WebSettings Web { get; init; } = new();

    public SimulateSettings Simulate { get; init; } = new();

    public PrivacyReportSettings PrivacyReport { get; init; } = new();

    /// <summary>The same with every <c>auto</c> replaced by its value for this machine and method, and <c>~</c> by the user's home.</summary>
    public FlGlmConfig Resolved() => this with
    {
        Model = Model with { Path = HomePath.Expand(Model.Path) },
        Peft = Peft with { Start = HomePath.Expand(Peft.Start) },
        Optimizer = Optimizer.For(Peft.Method),
        Compute = Compute.Resolved(),
        Keys = Keys with { Identity = HomePath.Expand(Keys.Identity), KnownPeers = HomePath.Expand(Keys.KnownPeers) },
        Run = Run with { Directory = HomePath.Expand(Run.Directory) },
        Web = Web with { Token = HomePath.Expand(Web.Token) },
    };
}
