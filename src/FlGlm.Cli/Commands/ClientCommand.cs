using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Client.Training;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm client</c>: head and tail on this machine's data, the middle at the server.</summary>
internal static class ClientCommand
{
    public static Command Build(CommandHost host) => host.Declare(
        new RunCommand(
            "client",
            "Trains on this machine's data with a server's help.",
            Sections: ["model", "split", "peft", "optimizer", "training", "clients", "client_batch", "data", "checkpoint", "crypto", "compute", "client", "privacy", "keys", "generation", "evaluation", "run", "telemetry", "web"],
            TalksToPeers: true)
        {
            CanResume = true,
        },
        RunAsync);

    private static async Task RunAsync(RunContext run)
    {
        await using var seal = SealSetup.Open(run);
        await RunOutput.FollowAsync(run, new FlGlmClient(LibraryOptions.Client(run, seal.Options)));
    }
}
