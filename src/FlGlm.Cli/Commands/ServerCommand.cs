using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Server.Hosting;
using FlGlm.Server.Scheduling;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm server</c>: the middle for the clients of one run.</summary>
internal static partial class ServerCommand
{
    public static Command Build(CommandHost host) => host.Declare(
        new RunCommand(
            "server",
            "Serves the middle of the model to clients that train.",
            Sections: ["model", "split", "peft", "optimizer", "training", "clients", "serial", "crypto", "compute", "server", "keys", "run"],
            TalksToPeers: true),
        RunAsync);

    private static async Task RunAsync(RunContext run)
    {
        var logger = run.Loggers.CreateLogger("flglm");
        await using var seal = SealSetup.Open(run);
        using var place = Workplace.Open(run);
        using var middle = await MiddleWork.OpenAsync(place);
        var watch = new ServerWatch(run.View, logger);
        using var scheduler = new SerialScheduler(place.Plan, new TimedMiddle(middle.Stage, middle.Optimizer, place.Lane), watch);
        await using var server = new SplitServer(middle.Stage, scheduler, place.Lane, place.Plan, run.Config.Server, seal.Options, watch, logger);
        var endPoint = await server.ListenAsync(run.StopRequested);
        LogListening(logger, endPoint, place.Plan.Clients.Expected);
        var served = await server.RunAsync(run.StopRequested, CancellationToken.None);
        await RunResult.SaveAsync(run, place, new HashSet<StageName> { StageName.Middle }, middle.Stage.Parameters);
        if (served == ServedRun.Deserted)
            throw new NetworkException($"Every client left before the last round was over; what the middle learnt so far is in '{run.Directory.AdapterPath}'.");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "listening on {EndPoint} for {Clients} clients")]
    private static partial void LogListening(ILogger logger, System.Net.IPEndPoint endPoint, int clients);
}
