using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Tap;
using FlGlm.Server.Cluster;
using FlGlm.Server.Hosting;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm server</c>: the middle for the clients of one run.</summary>
internal static class ServerCommand
{
    public static Command Build(CommandHost host) => host.Declare(
        new RunCommand(
            "server",
            "Serves the middle of the model to clients that train or generate.",
            Sections:
            [
                "model", "split", "peft", "optimizer", "training", "clients", "serial", "client_batch", "checkpoint", "crypto", "compute", "server", "keys", "run", "telemetry", "web",
            ],
            TalksToPeers: true)
        {
            CanResume = true,
            Part = config => config.Server.Cluster == ClusterKind.Mpi ? RunDirectory.NameOfRank(MpiProcess.Rank()) : "",
            Stopping = config => config.Server.GenerateOnly ? "stopping: no client is answered any more" : "stopping after this step",
        },
        RunAsync);

    private static async Task RunAsync(RunContext run)
    {
        await using var seal = SealSetup.Open(run);
        await using var recorder = run.Config.Server.Tap.Length > 0 ? new Recorder(TapFolder(run.Config.Server)) : null;
        var server = new FlGlmServer(LibraryOptions.Server(run, seal.Options) with { Tap = recorder });
        await using var letGo = new LetGoFile(run, server);
        await RunOutput.FollowAsync(run, server);
    }

    /// <summary>Each of several processes of one server records its own sessions.</summary>
    private static string TapFolder(ServerSettings server)
    {
        var folder = HomePath.Expand(server.Tap);
        return server.Cluster == ClusterKind.Mpi ? Path.Combine(folder, RunDirectory.NameOfRank(MpiProcess.Rank())) : folder;
    }
}
