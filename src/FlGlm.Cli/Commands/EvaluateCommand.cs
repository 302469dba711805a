using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Client.Evaluation;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm evaluate</c>: a task's questions answered and measured, on the client's side of the split.</summary>
internal sealed class EvaluateCommand
{
    private readonly Option<string> _split = new("--split")
    {
        Description = "The task's files to answer: train, val or test.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "val",
    };

    private readonly Option<int> _limit = new("--limit")
    {
        Description = "Answer only the first rows.",
        HelpName = "ROWS",
    };

    private readonly Option<string?> _shard = new("--shard")
    {
        Description = "Answer one of several equal parts of the rows, such as 1/4; `flglm scores` joins them.",
        HelpName = "INDEX/COUNT",
    };

    private readonly Option<string?> _baseline = new("--baseline")
    {
        Description = "The folder of an earlier evaluation; a metric that is worse ends with exit code 9.",
        HelpName = "DIR",
    };

    private readonly Option<double> _tolerance = new("--tolerance")
    {
        Description = "How many points in percent a metric may be below its baseline.",
        HelpName = "POINTS",
    };

    private readonly Option<bool> _local = new("--local")
    {
        Description = "Run the whole model in this process, without a server.",
    };

    public static Command Build(CommandHost host) => new EvaluateCommand().Declare(host);

    private Command Declare(CommandHost host)
    {
        var command = host.Declare(
            new RunCommand(
                "evaluate",
                "Answers a task's questions with the model, its middle at a server, and measures the answers.",
                Sections: ["model", "split", "peft", "crypto", "compute", "client", "privacy", "keys", "generation", "evaluation", "run", "telemetry", "web"],
                TalksToPeers: true)
            {
                Stopping = _ => "stopping after this batch; the answers so far are kept",
            },
            RunAsync);
        foreach (var option in new Option[] { _split, _limit, _shard, _baseline, _tolerance, _local })
            command.Add(option);
        return command;
    }

    private async Task RunAsync(ParseResult parsed, RunContext run)
    {
        var local = parsed.GetValue(_local);
        await using var seal = local ? null : SealSetup.Open(run);
        var options = LibraryOptions.Evaluator(run.Config, seal?.Options, local, run.Directory.Path) with
        {
            Defence = local ? null : LibraryOptions.Defence(run, run.Config.Privacy.OfAnswers),
            Split = parsed.GetRequiredValue(_split),
            Limit = parsed.GetValue(_limit),
            Shard = parsed.GetValue(_shard) is { } shard ? Shard.Parse(shard, "--shard") : Shard.Whole,
            Baseline = parsed.GetValue(_baseline) is { } baseline ? Baseline.Read(HomePath.Expand(baseline), parsed.GetValue(_tolerance)) : null,
        };
        await RunOutput.FollowAsync(run, new Evaluator(options));
    }
}
