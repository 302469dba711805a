using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Client.Training;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm train</c>: the three stages in one process.</summary>
internal static class TrainCommand
{
    public static Command Build(CommandHost host) => host.Declare(
        new RunCommand(
            "train",
            "Trains in one process, head, middle and tail together.",
            Sections: ["model", "split", "peft", "optimizer", "training", "data", "checkpoint", "compute", "client", "privacy", "generation", "evaluation", "run", "telemetry", "web"],
            TalksToPeers: false)
        {
            CanResume = true,
        },
        RunAsync);

    private static Task RunAsync(RunContext run)
    {
        var config = run.Config with { Client = run.Config.Client with { Name = "train" } };
        return RunOutput.FollowAsync(run, new LocalTrainer(LibraryOptions.Client(run with { Config = config }, seal: null)));
    }
}
