using FlGlm.Benchmarks.Processes;
using FlGlm.Client.Sessions;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Benchmarks.Loopback;

/// <summary>
/// A run with M clients over loopback TCP, sealed: <c>flglm server</c> in a process of its own, the clients in this one. They take a number of
/// steps each whenever they are told to, and wait in between. Nobody is kept to a core.
/// </summary>
internal sealed class ClientGroup : IAsyncDisposable
{
    private readonly Scenario _scenario;
    private readonly StepGate _gate;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<LoopbackClient> _clients = [];
    private IReadOnlyList<Task> _sessions = [];

    private ClientGroup(Scenario scenario, FlGlmProcess server)
    {
        (_scenario, Server) = (scenario, server);
        _gate = new StepGate(Clients, atOnce: scenario.Plan.Training.Strategy == StrategyName.Serial ? 1 : Clients);
    }

    public FlGlmProcess Server { get; }

    /// <summary>Real tokens of all clients in one <see cref="TakeStepsAsync"/>.</summary>
    public long Tokens => (long)Clients * StepsAtOnce * _scenario.Rows * _scenario.Length;

    private int Clients => _scenario.Plan.Clients.Expected;

    private int StepsAtOnce => _scenario.Plan.Training.Steps;

    /// <summary>Starts the server, and joins all clients of the plan.</summary>
    /// <param name="scenario">its plan's <c>training.steps</c> are those of one <see cref="TakeStepsAsync"/></param>
    /// <param name="keys">of as many clients at the least</param>
    public static async Task<ClientGroup> StartAsync(Scenario scenario, LoopbackKeys keys)
    {
        var address = $"127.0.0.1:{LoopbackPort.Free()}";
        var group = new ClientGroup(scenario, new FlGlmProcess(["server", "--config", scenario.WriteConfig(address, generateOnly: false, keys)]));
        try
        {
            await group.JoinAsync(address, keys);
            return group;
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    /// <summary>Every client takes its steps: at the same time, or where the strategy is serial one client after the other.</summary>
    /// <returns>the seconds from the first step's beginning to the last step's end; an average that follows is not in them</returns>
    public async Task<double> TakeStepsAsync()
    {
        var taken = _gate.OpenAsync();
        if (await Task.WhenAny([taken, .. _sessions]) is var first && first != taken)
        {
            await first;
            throw new InvalidOperationException("A client's session ended before the benchmark did.");
        }

        return await taken;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_sessions).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var client in _clients)
            await client.DisposeAsync();
        await Server.DisposeAsync();
        _gate.Dispose();
        _stop.Dispose();
    }

    private async Task JoinAsync(string address, LoopbackKeys keys)
    {
        var connected = ConnectAsync(address, keys);
        if (await Task.WhenAny(connected, Server.WaitAsync()) != connected)
            await Server.EndAsync();
        await connected;
        _sessions = [.. _clients.Select(RunAsync)];
    }

    /// <summary>One after the other: each handshake needs new RSA pairs, and many at once would exceed the time for one.</summary>
    private async Task ConnectAsync(string address, LoopbackKeys keys)
    {
        while (_clients.Count < Clients)
        {
            var settings = new ClientSettings { Name = LoopbackKeys.NameOf(_clients.Count), Connect = address };
            _clients.Add(await LoopbackClient.OpenAsync(_scenario, settings, keys.Clients[_clients.Count]));
        }
    }

    private Task RunAsync(LoopbackClient client)
    {
        var batch = _scenario.FullBatch();
        var opening = 0;
        return client.RunAsync(TrainAsync, _stop.Token);

        async Task<int> TrainAsync(int round, int steps, CancellationToken stop, CancellationToken ct)
        {
            for (var taken = 0; taken < steps; taken += StepsAtOnce)
            {
                await _gate.PassAsync(opening++, stop);
                for (var step = 0; step < StepsAtOnce; step++)
                    await client.StepAsync(batch);
                _gate.Return();
            }

            return steps;
        }
    }
}
