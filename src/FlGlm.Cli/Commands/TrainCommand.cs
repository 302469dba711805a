using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm train</c>: the three stages in one process.</summary>
internal static partial class TrainCommand
{
    public static Command Build(CommandHost host) => host.Declare(
        new RunCommand(
            "train",
            "Trains in one process, head, middle and tail together.",
            Sections: ["model", "split", "peft", "optimizer", "training", "data", "compute", "client", "run"],
            TalksToPeers: false),
        RunAsync);

    private static async Task RunAsync(RunContext run)
    {
        run = run with { Config = run.Config with { Clients = new ClientsSettings() } };
        using var setup = RunSetup.Open(run);
        using var client = await ClientTraining.OpenAsync(run, setup);
        using var middle = await MiddleTraining.OpenAsync(setup);
        middle.Optimizer.TotalSteps = setup.Plan.ServerSteps([client.Batches.Examples]);
        run.Directory.Keep();
        ReportNotices(run.Loggers.CreateLogger("flglm"), setup);
        using var steps = run.OpenSteps("train");
        var loop = client.Loop(middle.Local, steps);
        try
        {
            await client.ValidateAsync(middle.Local, 0, run.StopRequested);
            await loop.RunAsync(
                round: 1,
                client.Batches.Steps,
                step => client.ValidateAsync(middle.Local, step, CancellationToken.None),
                run.StopRequested,
                CancellationToken.None);
        }
        catch when (loop.Step > 0)
        {
            await SaveAsync(run, setup, client, middle);
            throw;
        }

        await SaveAsync(run, setup, client, middle);
    }

    private static void ReportNotices(ILogger logger, RunSetup setup)
    {
        if (!setup.Blueprint.Split.IsCut)
            return;
        foreach (var notice in PlanNotices.Lines(setup.Plan))
            LogNotice(logger, notice);
    }

    private static Task SaveAsync(RunContext run, RunSetup setup, ClientTraining client, MiddleTraining middle) =>
        RunResult.SaveAsync(run, setup, Enum.GetValues<StageName>().ToHashSet(), [.. client.Stages.Parameters, .. middle.Stage.Parameters]);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Notice}")]
    private static partial void LogNotice(ILogger logger, string notice);
}
