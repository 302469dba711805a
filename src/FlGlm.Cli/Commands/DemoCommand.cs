using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm demo</c>.</summary>
internal static class DemoCommand
{
    public static Command Build(CommandHost host) => host.Declare(
        new RunCommand(
            "demo",
            "Trains a tiny model with one server and two clients, all on this machine.",
            Sections: ["model", "split", "peft", "optimizer", "training", "data", "compute", "client", "server", "run"],
            TalksToPeers: false),
        RunAsync);

    private static Task RunAsync(RunContext run) => throw new NotSupportedException("demo is not built yet");
}
