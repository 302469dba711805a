using System.CommandLine;
using System.CommandLine.Parsing;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Inspection;
using FlGlm.Cli.Runs;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Forecasts;

/// <summary><c>flglm plan</c>: what a run will need, before it is started; and with <c>--measure</c> how well that was said.</summary>
internal sealed class PlanCommand
{
    private const int TrialSteps = 20;

    private readonly RunOptions _run = new();

    private readonly Option<NetworkLink> _link = new("--link")
    {
        Description = "The network between client and server: bits per second, and the delay one way, e.g. 100Mbit,50ms.",
        HelpName = "RATE[,DELAY]",
        CustomParser = ParseLink,
        DefaultValueFactory = _ => NetworkLink.None,
    };

    private readonly Option<int> _measure = new("--measure")
    {
        Description = "Run so many steps with a server and a client on this machine, and show what was measured beside what was planned.",
        HelpName = "STEPS",
    };

    private PlanCommand() => _measure.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < SplitTrial.FewestSteps)
            result.AddError($"--measure takes {SplitTrial.FewestSteps} steps or more");
    });

    public static Command Build(CommandHost host) => new PlanCommand().Declare(host);

    private Command Declare(CommandHost host) => host.Declare(
        new Command("plan", "Says before a run what it needs: memory, bytes and seconds of a step, the time of the whole, and what would be cheaper.")
        {
            _run.Config, _run.Set, _run.Insecure, _link, _measure,
        },
        async (parsed, output, ct) =>
        {
            if (parsed.GetValue(_run.Insecure) && parsed.GetValue(_measure) > 0)
                throw new ConfigurationException("--measure", "runs sealed, and with --insecure the bytes of a run that is not are planned; leave one of the two out.");
            var forecast = await MakeAsync(parsed, ct);
            output.Write(ForecastLines.Of(forecast), Result(forecast), "plan");
            if (parsed.GetValue(_measure) is > 0 and var steps)
            {
                var comparison = ForecastComparison.Of(forecast, await SplitTrial.RunAsync(forecast.Config, steps, ct));
                output.Write(ForecastLines.Of(comparison), new { comparison.Steps, Figures = comparison.Figures.Select(figure => new { figure.Name, figure.Planned, figure.Measured }) }, "measured");
            }
        });

    private async Task<RunForecast> MakeAsync(ParseResult parsed, CancellationToken ct)
    {
        var config = ConfigFile.Load<FlGlmConfig>(
            parsed.GetValue(_run.Config),
            parsed.GetValue(_run.Set) ?? [],
            ["model", "split", "peft", "optimizer", "training", "clients", "client_batch", "data", "crypto", "compute", "client", "privacy"]).Settings.Resolved();
        var training = TrainingForecast.Of(LibraryOptions.Client(config, seal: null, output: ""), isSealed: !parsed.GetValue(_run.Insecure));
        var (whole, blocks) = FootprintOf(config, config.Model.Path, training);
        var folder = Directory.CreateTempSubdirectory("flglm-plan-").FullName;
        try
        {
            var (shorter, middle) = TrialModel.Write(config, blocks, folder);
            var (tried, _) = FootprintOf(config, shorter.Model.Path, training);
            var trial = await SplitTrial.RunAsync(shorter, TrialSteps, ct);
            return RunForecast.Of(config, training, whole, tried, trial, (blocks - config.Split.Head - config.Split.Tail) / (double)middle, parsed.GetRequiredValue(_link));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <returns>memory of the stages, and how many blocks the model has</returns>
    private static (Footprint Footprint, int Blocks) FootprintOf(FlGlmConfig config, string model, TrainingForecast training) =>
        FootprintBuilder.Build(config, model, training.First.Max(step => step.Rows) / config.Training.Accumulate, training.First.Max(step => step.Longest));

    private static object Result(RunForecast forecast) => new
    {
        forecast.Training.Rows,
        forecast.Training.Steps,
        TokensPerStep = forecast.Training.Tokens,
        BytesUpPerStep = forecast.Training.BytesUp,
        BytesDownPerStep = forecast.Training.BytesDown,
        forecast.ClientBytes,
        forecast.ServerBytes,
        ClientSecondsPerStep = forecast.Compute.Client,
        ServerSecondsPerStep = forecast.Compute.Server,
        WireSecondsPerStep = forecast.WireSeconds,
        SecondsPerStep = forecast.StepSeconds,
        forecast.RunSeconds,
        Hints = forecast.Hints(),
    };

    private static NetworkLink? ParseLink(ArgumentResult result)
    {
        if (NetworkLink.TryParse(result.Tokens[0].Value) is { } link)
            return link;
        result.AddError($"'{result.Tokens[0].Value}' is no network; e.g. --link 100Mbit,50ms");
        return null;
    }
}
