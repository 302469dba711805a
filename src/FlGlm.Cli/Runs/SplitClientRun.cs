using FlGlm.Cli.Hosting;
using FlGlm.Client.Sessions;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace FlGlm.Cli.Runs;

/// <summary>A client's whole run with a server: connect, train in its turns, save. The trained parameters are saved after an error too.</summary>
internal sealed partial class SplitClientRun(RunContext run, RunSetup setup, SealOptions? seal)
{
    private static readonly HashSet<StageName> OwnStages = [StageName.Head, StageName.Tail];
    private readonly ILogger _logger = run.Loggers.CreateLogger("flglm");
    private readonly ClientLog _log = new(run.Loggers.CreateLogger("flglm"));

    public async Task RunAsync()
    {
        using var client = await ClientTraining.OpenAsync(run, setup);
        var content = await setup.ReadContentAsync(_logger, run.StopRequested);
        run.Directory.Keep();
        using var steps = run.OpenSteps(run.Config.Client.Name);
        await using var channel = await ServerConnection.OpenAsync(run.Config.Client, seal, _log.Retrying, run.StopRequested);
        LogConnected(channel.Peer.ToString(), channel.Sealed ? "sealed" : "INSECURE");
        var session = new ClientSession(channel, client.Stages, setup.Plan, content, setup.Lane, _log);
        var loop = client.Loop(session.Middle, steps);
        await TrainAsync(client, session, loop, channel);
    }

    private async Task TrainAsync(ClientTraining client, ClientSession session, TrainingLoop loop, IFrameChannel channel)
    {
        ClientRun outcome;
        try
        {
            outcome = await session.RunAsync(client.Batches.Examples, RoundAsync, run.StopRequested, CancellationToken.None);
        }
        catch (NetworkException lost) when (loop.Step > 0)
        {
            await SaveAsync(client, middle: null);
            throw new NetworkException($"{lost.Message} Head and tail after step {loop.Step} are in '{run.Directory.AdapterPath}'.", lost);
        }
        catch when (loop.Step > 0)
        {
            await SaveAsync(client, middle: null);
            throw;
        }

        using var middle = outcome.Middle;
        LogOutcome(outcome.Outcome.ToString(), outcome.Steps, channel.BytesSent, channel.BytesReceived);
        await SaveAsync(client, middle);
        if (outcome.Outcome == ClientOutcome.ServerLeft)
            throw new NetworkException($"The server stopped before the last round was over; head and tail so far are in '{run.Directory.AdapterPath}'.");

        async Task<int> RoundAsync(int round, int count, CancellationToken stop, CancellationToken ct)
        {
            if (loop.Step == 0)
                await client.ValidateAsync(session.Middle, 0, ct);
            return await loop.RunAsync(round, count, step => client.ValidateAsync(session.Middle, step, ct), stop, ct);
        }
    }

    private Task SaveAsync(ClientTraining client, ParameterSet? middle)
    {
        var values = client.Stages.Parameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter.Value);
        if (middle is null)
            return RunResult.SaveAsync(run, setup, OwnStages, values, _log.RunId);
        foreach (var (name, tensor) in middle.Tensors)
            values[name] = tensor;
        return RunResult.SaveAsync(run, setup, Enum.GetValues<StageName>().ToHashSet(), values, _log.RunId);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "connected to {Peer}, {Seal}")]
    private partial void LogConnected(string peer, string seal);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Outcome} after {Steps} steps; {Sent} bytes sent, {Received} received in all")]
    private partial void LogOutcome(string outcome, int steps, long sent, long received);
}
