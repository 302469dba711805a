using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm server</c>.</summary>
internal static class ServerCommand
{
    public static Command Build(CommandHost host) => host.Declare(
        new RunCommand(
            "server",
            "Serves the middle of the model to clients that train.",
            Sections: ["model", "split", "peft", "optimizer", "training", "clients", "serial", "crypto", "compute", "server", "keys", "run"],
            TalksToPeers: true),
        RunAsync);

    private static Task RunAsync(RunContext run) => throw new NotSupportedException("server is not built yet");
}
