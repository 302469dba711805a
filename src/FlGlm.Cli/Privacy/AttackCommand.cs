using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Defences;
using FlGlm.Privacy.Evaluation;

namespace FlGlm.Cli.Privacy;

/// <summary><c>flglm attack</c>: what a server could have learnt from a run that it has recorded.</summary>
internal sealed class AttackCommand
{
    private readonly RunOptions _run = new();

    private readonly Option<string?> _recorded = new("--run")
    {
        Description = "The run directory of a recorded run: its configuration, which names the recording.",
        HelpName = "RUN",
    };

    private readonly Option<string?> _tap = new("--tap")
    {
        Description = "The folder that a server with server.tap has recorded; without it server.tap of the configuration.",
        HelpName = "DIR",
    };

    private readonly Option<string[]> _shadow = new("--shadow")
    {
        Description = "Rows of the attacker's own to train on, files in the form of data.train; may be repeated.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string> _client = new("--client")
    {
        Description = "Whose rows are attacked, where the recording has several clients.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "",
    };

    private readonly Option<int> _rows = new("--rows")
    {
        Description = "Attack the client's first rows, with four times as many shadow rows.",
        HelpName = "ROWS",
        DefaultValueFactory = _ => 256,
    };

    private readonly Option<int> _steps = new("--steps")
    {
        Description = "Training steps of each inverter.",
        HelpName = "STEPS",
        DefaultValueFactory = _ => 300,
    };

    private readonly Option<int> _matchRows = new("--match-rows")
    {
        Description = "Rows to search by matching hidden states and gradients, an optimisation for each; 0 = none.",
        HelpName = "ROWS",
        DefaultValueFactory = _ => new MatchingSettings().Rows,
    };

    private readonly Option<int> _matchSteps = new("--match-steps")
    {
        Description = "Steps of each such search.",
        HelpName = "STEPS",
        DefaultValueFactory = _ => new MatchingSettings().Steps,
    };

    private readonly Option<long> _seed = new("--seed")
    {
        Description = "Seeds initial values and batches of the inverters.",
        HelpName = "SEED",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<int> _seeds = new("--seeds")
    {
        Description = "Train each attack so many times, with as many seeds: the report has the mean and its 95 % interval.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "Also write attacks.md, attacks.csv and channels.csv to this folder.",
        HelpName = "DIR",
    };

    public static Command Build(CommandHost host) => new AttackCommand().Declare(host);

    private Command Declare(CommandHost host) => host.Declare(
        new Command("attack", "Measures what a server can learn from what it sees: attacks a recording, with controls, and scores them with the client's data.")
        {
            _run.Config, _run.Set, _recorded, _tap, _shadow, _client, _rows, _steps, _matchRows, _matchSteps, _seed, _seeds, _out,
        },
        async (parsed, output, ct) =>
        {
            var run = parsed.GetValue(_recorded) is { } named ? HomePath.Expand(named) : null;
            var config = Load(parsed, run);
            ComputeEnvironment.Apply(config.Compute);
            var evaluation = new AttackEvaluation(new AttackOptions
            {
                Recording = RecordingOf(parsed, config, run),
                Model = config.Model.Path,
                Plan = LibraryOptions.Plan(config),
                Privacy = config.Privacy,
                Defence = DefenceOf(config, run),
                Data = config.Data,
                Shadow = [.. parsed.GetRequiredValue(_shadow).Select(HomePath.Expand)],
                Client = parsed.GetRequiredValue(_client),
                MaxRows = parsed.GetValue(_rows),
                Settings = new AttackSettings { Steps = parsed.GetValue(_steps), Seed = parsed.GetValue(_seed) },
                Seeds = parsed.GetValue(_seeds),
                Matching = new MatchingSettings { Rows = parsed.GetValue(_matchRows), Steps = parsed.GetValue(_matchSteps), Seed = parsed.GetValue(_seed) },
            });
            using var lane = new ComputeLane("attack");
            var report = await lane.RunAsync(() => evaluation.Run(line => output.Write([line], new { Attack = line }, "progress"), ct), ct);
            if (parsed.GetValue(_out) is { } folder)
                Write(HomePath.Expand(folder), report);
            output.Write(report.Markdown().Split('\n'), new { report.Results, report.Channels, report.OtherChannels });
        });

    /// <summary>The configuration that is named, or that of the run.</summary>
    private FlGlmConfig Load(ParseResult parsed, string? run)
    {
        if (run is not null && parsed.GetValue(_run.Config) is not null)
            throw new ConfigurationException("--run", "has a configuration of its own; leave --config out, and change keys with --set.");
        var file = run is null ? parsed.GetValue(_run.Config) : Path.Combine(run, RunDirectory.ConfigName);
        if (run is not null && !File.Exists(file))
            throw new ConfigurationException("--run", $"'{run}' has no {RunDirectory.ConfigName}; name the run directory of `flglm server` or `flglm client`.");
        return ConfigFile.Load<FlGlmConfig>(
            file, parsed.GetValue(_run.Set) ?? [], ["model", "split", "peft", "optimizer", "training", "clients", "client_batch", "data", "compute", "privacy"]).Settings.Resolved();
    }

    private string RecordingOf(ParseResult parsed, FlGlmConfig config, string? run)
    {
        var folder = parsed.GetValue(_tap) ?? config.Server.Tap;
        if (folder.Length == 0)
            throw new ConfigurationException("server.tap", $"is empty{(run is null ? "" : $" in '{run}'")}: that run was not recorded. Name a recording with --tap, or start the server with --set server.tap=DIR.");
        return HomePath.Expand(folder);
    }

    /// <summary>The defence of a client's run, whose secret has the order of its rows; null where the plan's seed has it.</summary>
    private static PrivacyDefence? DefenceOf(FlGlmConfig config, string? run)
    {
        if (!config.Privacy.TakesSecretOrder)
            return null;
        return run is not null && RunDirectory.PrivacyIn(run) is var folder && PrivacyDefence.HasSecret(folder)
            ? PrivacyDefence.Open(config.Privacy, folder, config.Model.Path)
            : throw new ConfigurationException("privacy.secret_order", "the order of the rows, to score with, is in the secret of the client's run; name its directory with --run, and the recording with --tap.");
    }

    private static void Write(string folder, AttackReport report)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "attacks.md"), report.Markdown());
        File.WriteAllText(Path.Combine(folder, "attacks.csv"), AttackTable.Csv(report.Results));
        File.WriteAllText(Path.Combine(folder, "channels.csv"), ChannelTable.Csv(report.Channels));
    }
}
