using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm train</c>.</summary>
internal static class TrainCommand
{
    public static Command Build(CommandHost host) => host.Declare(
        new RunCommand(
            "train",
            "Trains in one process, head, middle and tail together.",
            Sections: ["model", "split", "peft", "optimizer", "training", "data", "compute", "client", "run"],
            TalksToPeers: false),
        RunAsync);

    private static Task RunAsync(RunContext run) => throw new NotSupportedException("train is not built yet");
}
