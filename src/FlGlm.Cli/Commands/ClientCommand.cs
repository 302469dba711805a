using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm client</c>.</summary>
internal static class ClientCommand
{
    public static Command Build(CommandHost host) => host.Declare(
        new RunCommand(
            "client",
            "Trains on this machine's data with a server's help.",
            Sections: ["model", "split", "peft", "optimizer", "training", "data", "crypto", "compute", "client", "keys", "run"],
            TalksToPeers: true),
        RunAsync);

    private static Task RunAsync(RunContext run) => throw new NotSupportedException("client is not built yet");
}
