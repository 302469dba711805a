using System.CommandLine;
using System.Globalization;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Demo;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.LocalRuns;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Chaos;

/// <summary><c>flglm chaos</c>: runs whose processes are killed and whose traffic is disturbed, compared bit for bit with one that is not.</summary>
internal sealed class ChaosCommand
{
    private static readonly PeftMethod[] AllMethods = [PeftMethod.Lora, PeftMethod.PTuningV2, PeftMethod.None];

    private readonly Option<int> _runs = new("--runs")
    {
        Description = "The number of disturbed runs.",
        HelpName = "N",
        DefaultValueFactory = _ => 9,
    };

    private readonly Option<int> _seed = new("--seed")
    {
        Description = "The seed of the first run's disturbances; each later run has the next.",
        HelpName = "S",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<string> _kill = new("--kill")
    {
        Description = "Which processes are killed.",
        DefaultValueFactory = _ => "any",
    };

    private readonly Option<string> _traffic = new("--traffic")
    {
        Description = "What is done to the bytes between clients and server.",
        DefaultValueFactory = _ => "any",
    };

    private readonly Option<string?> _strategies = new("--strategies")
    {
        Description = "Values of training.strategy, with commas, taken in turn; without it the configuration's, without --config all.",
        HelpName = "LIST",
    };

    private readonly Option<int> _clients = new("--clients")
    {
        Description = "The clients of each run.",
        HelpName = "M",
        DefaultValueFactory = _ => 2,
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "A new folder for runs, report.json and report.md; without it runs/chaos-TIMESTAMP.",
        HelpName = "DIR",
    };

    public static Command Build(CommandHost host) => new ChaosCommand().Declare(host);

    private Command Declare(CommandHost host)
    {
        var run = new RunCommand(
            "chaos",
            "Kills the processes of runs and disturbs their traffic on this machine, and compares them with an undisturbed run, bit for bit.",
            Sections: ["model", "split", "peft", "optimizer", "training", "clients", "serial", "client_batch", "checkpoint", "crypto", "data", "compute", "client"],
            TalksToPeers: false)
        {
            DefaultConfig = DemoAssets.ChaosConfig,
        };
        var command = host.Declare(run, (parsed, context, output) => RunAsync(parsed, run, context, output));
        _kill.AcceptOnlyFromAmong(EnumWords.All<KillChoice>());
        _traffic.AcceptOnlyFromAmong(EnumWords.All<TrafficChoice>());
        foreach (var option in new Option[] { _runs, _seed, _kill, _traffic, _strategies, _clients, _out })
            command.Add(option);
        return command;
    }

    private async Task RunAsync(ParseResult parsed, RunCommand run, CommandContext context, CommandOutput output)
    {
        var config = DemoAssets.Resolve(context.Config);
        var isBuiltIn = parsed.GetValue(run.Options.Config) is null;
        var overrides = parsed.GetValue(run.Options.Set) ?? [];
        var settings = Settings(parsed, config, isBuiltIn, overrides);
        var report = ChaosReport.Of([]);
        await new ChaosRuns(settings, config).RunAsync(
            line => output.Write([line], new { Line = line }, "progress"),
            result =>
            {
                report = ChaosReport.Of([.. report.Runs, result]);
                report.Write(settings.Out, seed => Repeat(parsed, run, settings, seed));
                output.Write([ChaosReport.Line(result)], result, "run");
            },
            context.StopRequested);
        output.Write(report.Table().Append($"written: {settings.Out}"), report);
        if (report.Identical < report.Runs.Count)
            throw new LocalRunException($"{report.Runs.Count - report.Identical} of {report.Runs.Count} disturbed runs are not as the undisturbed ones; '{Path.Combine(settings.Out, "report.md")}' has what differs and the commands that repeat them.");
    }

    private ChaosSettings Settings(ParseResult parsed, FlGlmConfig config, bool isBuiltIn, IReadOnlyList<string> overrides)
    {
        var (runs, clients) = (parsed.GetValue(_runs), parsed.GetValue(_clients));
        if (runs < 1)
            throw new ConfigurationException("--runs", $"{runs} is out of range; 1 run or more.");
        if (clients < 1)
            throw new ConfigurationException("--clients", $"{clients} is out of range; 1 client or more.");
        return new ChaosSettings(
            runs,
            parsed.GetValue(_seed),
            Word<KillChoice>("--kill", parsed.GetRequiredValue(_kill)),
            Word<TrafficChoice>("--traffic", parsed.GetRequiredValue(_traffic)),
            parsed.GetValue(_strategies) is { } list ? [.. list.Split(',', StringSplitOptions.TrimEntries).Select(word => Word<StrategyName>("--strategies", word))]
                : isBuiltIn && !IsSet(overrides, "training.strategy") ? Enum.GetValues<StrategyName>() : [config.Training.Strategy],
            isBuiltIn && !IsSet(overrides, "peft.method") ? AllMethods : [config.Peft.Method],
            clients,
            Out(parsed.GetValue(_out)));
    }

    private static bool IsSet(IEnumerable<string> overrides, string key) => overrides.Any(one => one.StartsWith($"{key}=", StringComparison.Ordinal));

    private static string Out(string? named)
    {
        var path = Path.GetFullPath(HomePath.Expand(named ?? Path.Combine("runs", $"chaos-{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}")));
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            throw new ConfigurationException("--out", $"'{path}' is not empty; name a new folder.");
        Directory.CreateDirectory(path);
        return path;
    }

    private static string Repeat(ParseResult parsed, RunCommand run, ChaosSettings settings, int seed)
    {
        var config = parsed.GetValue(run.Options.Config) is { } file ? $" --config {file}" : "";
        var sets = string.Concat((parsed.GetValue(run.Options.Set) ?? []).Select(one => $" --set \"{one}\""));
        var strategies = string.Join(',', settings.Strategies.Select(EnumWords.Of));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"flglm chaos{config}{sets} --runs 1 --seed {seed} --kill {EnumWords.Of(settings.Kill)} --traffic {EnumWords.Of(settings.Traffic)} --strategies {strategies} --clients {settings.Clients}");
    }

    private static T Word<T>(string option, string typed)
        where T : struct, Enum => EnumWords.Value<T>(typed) ?? throw new ConfigurationException(option, $"'{typed}' is none of {string.Join(", ", EnumWords.All<T>())}.");
}
