using FlGlm.Benchmarks.Processes;
using FlGlm.Client.Data;
using FlGlm.Client.Generation;
using FlGlm.Client.Sessions;
using FlGlm.Client.Stages;
using FlGlm.Core.Crypto;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Testing;

namespace FlGlm.Benchmarks.Loopback;

/// <summary>
/// A server and its one client as the product runs them, over loopback TCP, sealed: <c>flglm server</c> in a process of its own, the client
/// in this one, each on a core of its own.
/// </summary>
internal static class SplitRun
{
    /// <summary>A training step of the split model, the bytes that have gone over the wire so far, where the steps' time went, who runs where.</summary>
    internal sealed record Steps(Func<TrainingBatch, Task<StepTimings>> TakeAsync, Func<long> WireBytes, StepTimes Times, Cores Cores);

    /// <summary>Serves, joins, and hands the client's turn to <paramref name="measure"/>; ends with it.</summary>
    /// <param name="network">between the two; null = nothing</param>
    public static Task<T> TakeTurnAsync<T>(Scenario scenario, Func<Steps, Task<T>> measure, ShapedRelay? network = null) =>
        ServeAsync(scenario, generateOnly: false, network, (settings, keys, cores) => JoinAsync(scenario, settings, keys, cores, measure));

    /// <summary>Serves generation only, joins, and hands over the split model; ends with it.</summary>
    public static Task<T> GenerateAsync<T>(Scenario scenario, Func<IDecoder, Task<T>> measure) =>
        ServeAsync(scenario, generateOnly: true, network: null, (settings, keys, _) => JoinToGenerateAsync(scenario, settings, keys, measure));

    private static async Task<T> ServeAsync<T>(
        Scenario scenario, bool generateOnly, ShapedRelay? network, Func<ClientSettings, SealOptions, Cores, Task<T>> join)
    {
        using var cores = new Cores();
        await using var keys = new LoopbackKeys();
        var port = LoopbackPort.Free();
        var address = $"127.0.0.1:{port}";
        await using var server = new FlGlmProcess(["server", "--config", scenario.WriteConfig(address, generateOnly, keys)]);
        cores.AddServer(server);
        var joined = ConnectAsync();
        if (await Task.WhenAny(joined, server.WaitAsync()) != joined)
            await server.EndAsync();
        return await joined;

        async Task<T> ConnectAsync()
        {
            if (network is not null)
                await network.ForwardToAsync(port);
            return await join(new ClientSettings { Connect = network?.Address ?? address }, keys.Client, cores);
        }
    }

    private static async Task<T> JoinAsync<T>(
        Scenario scenario, ClientSettings settings, SealOptions keys, Cores cores, Func<Steps, Task<T>> measure)
    {
        await using var client = await LoopbackClient.OpenAsync(scenario, settings, keys);
        var times = new StepTimes();
        var steps = new Steps(async batch => times.Add(await client.StepAsync(batch)), () => client.WireBytes, times, cores);
        var result = default(T);
        await client.RunAsync(MeasureAsync, CancellationToken.None);
        return result!;

        async Task<int> MeasureAsync(int round, int count, CancellationToken stop, CancellationToken ct)
        {
            result = await measure(steps);
            return 0; // fewer steps than planned: the client leaves
        }
    }

    private static async Task<T> JoinToGenerateAsync<T>(Scenario scenario, ClientSettings settings, SealOptions keys, Func<IDecoder, Task<T>> measure)
    {
        using var lane = new ComputeLane("client");
        using var stages = new ClientStages(scenario.Checkpoint, scenario.Blueprint);
        await using var channel = await ServerConnection.OpenAsync(settings, keys, new RunEvents(), CancellationToken.None);
        await using var session = await GenerationSession.JoinAsync(channel, scenario.Plan, ModelContent.None, lane, settings, new RunEvents(), CancellationToken.None);
        using var decoder = new SplitDecoder(stages, session.Middle, lane);
        return await measure(decoder);
    }
}
