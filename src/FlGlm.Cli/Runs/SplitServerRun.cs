using System.Net;
using FlGlm.Cli.Hosting;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Splitting;
using FlGlm.Server.Hosting;
using FlGlm.Server.Scheduling;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Runs;

/// <summary>A server's whole run: serve the middle until the last round is over, then save it, also after an error.</summary>
internal sealed partial class SplitServerRun(RunContext run, RunSetup setup, SealOptions? seal)
{
    private readonly ILogger _logger = run.Loggers.CreateLogger("flglm");

    /// <param name="listening">called with the address when clients can connect</param>
    /// <param name="joined">called for every client that has joined</param>
    public async Task RunAsync(Action<IPEndPoint>? listening = null, Action<string>? joined = null)
    {
        using var middle = await MiddleTraining.OpenAsync(setup);
        var content = await setup.ReadContentAsync(_logger, run.StopRequested);
        run.Directory.Keep();
        var log = new ServerLog(run.View, _logger, joined);
        using var scheduler = new SerialScheduler(setup.Plan, new TimedMiddle(middle.Stage, middle.Optimizer, setup.Lane), log);
        await using var server = new SplitServer(middle.Stage, scheduler, setup.Lane, setup.Plan, content, run.Config.Server, seal, log, _logger);
        var endPoint = await server.ListenAsync(run.StopRequested);
        LogListening(endPoint, seal is null ? "INSECURE" : "sealed", run.Config.Server.GenerateOnly ? "for generation only" : $"for {setup.Plan.Clients.Expected} client(s)");
        listening?.Invoke(endPoint);
        var served = await server.RunAsync(run.StopRequested, CancellationToken.None);
        if (run.Config.Server.GenerateOnly)
            return;
        await RunResult.SaveAsync(run, setup, new HashSet<StageName> { StageName.Middle }, middle.Stage.Parameters, server.RunId);
        if (served == ServedRun.AllClientsLeft)
            throw new NetworkException($"Every client left before the last round was over; the middle so far is in '{run.Directory.AdapterPath}'.");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "listening on {EndPoint}, {Seal}, {Purpose}")]
    private partial void LogListening(IPEndPoint endPoint, string seal, string purpose);
}
