using System.Net;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlGlm.Cli.Demo;

/// <summary>The demo: a sealed split run over loopback, the same run centralised, and a comparison.</summary>
internal sealed class DemoRun(RunContext run)
{
    private const string ServerName = "server";

    public async Task RunAsync()
    {
        run.Directory.Keep();
        var clients = run.Config.Data.Train.Select(file => (Name: Path.GetFileNameWithoutExtension(file), File: file)).ToList();
        run = run with { Config = run.Config with { Clients = run.Config.Clients with { Expected = clients.Count } } };
        await SplitAsync(clients);
        if (run.StopRequested.IsCancellationRequested)
            return;
        await CentralisedAsync(clients);
        if (!run.StopRequested.IsCancellationRequested)
            DemoReport.Show(run, clients.ConvertAll(client => client.Name));
    }

    /// <summary>Server and clients, each with its own model files, keys and compute lane, as they would be on three machines.</summary>
    private async Task SplitAsync(IReadOnlyList<(string Name, string File)> clients)
    {
        var keys = DemoKeys.Make(run.Directory, ServerName, [.. clients.Select(client => client.Name)]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.StopRequested);
        var listening = new TaskCompletionSource<IPEndPoint>(TaskCreationOptions.RunContinuationsAsynchronously);
        var joined = clients.ToDictionary(client => client.Name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var server = run with
        {
            Config = run.Config with { Server = run.Config.Server with { Listen = "127.0.0.1:0" }, Keys = keys[ServerName] },
            Directory = run.Directory.Under(ServerName),
            StopRequested = stop.Token,
        };
        var sides = new List<Task>();
        try
        {
            Start(() => ServeAsync(server, listening.SetResult, name => joined[name].TrySetResult()));
            var address = await listening.Task.WaitAsync(stop.Token);
            foreach (var (name, file) in clients)
            {
                var client = run with
                {
                    Config = ForClient(name, file) with { Client = run.Config.Client with { Name = name, Connect = address.ToString() }, Keys = keys[name] },
                    Directory = run.Directory.Under(name),
                    StopRequested = stop.Token,
                };
                Start(() => TakePartAsync(client));
                await joined[name].Task.WaitAsync(stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The sides stop; their exceptions are thrown below.
        }

        await Task.WhenAll(sides);

        // A side that fails asks the others to stop.
        void Start(Func<Task> side) => sides.Add(Task.Run(async () =>
        {
            try
            {
                await side();
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }));
    }

    /// <summary>The same turns in one process: the reference that the split run must equal.</summary>
    private async Task CentralisedAsync(IReadOnlyList<(string Name, string File)> clients)
    {
        var quiet = run with { Loggers = NullLoggerFactory.Instance };
        using var setup = RunSetup.Open(quiet);
        using var middle = await MiddleTraining.OpenAsync(setup);
        foreach (var (name, file) in clients)
        {
            using var client = await ClientTraining.OpenAsync(quiet with { Config = ForClient(name, file) }, setup);
            using var steps = run.OpenSteps($"{name} (centralised)", DemoReport.Centralised(run, name));
            await client.Loop(middle.Local, steps).RunAsync(1, client.Batches.Steps, _ => Task.CompletedTask, run.StopRequested, CancellationToken.None);
        }
    }

    private FlGlmConfig ForClient(string name, string file) => run.Config with
    {
        Data = run.Config.Data with { Train = [file] },
        Client = run.Config.Client with { Name = name },
    };

    private static async Task ServeAsync(RunContext server, Action<IPEndPoint> listening, Action<string> joined)
    {
        await using var seal = SealSetup.Open(server);
        using var setup = RunSetup.Open(server);
        await new SplitServerRun(server, setup, seal.Options).RunAsync(listening, joined);
    }

    private static async Task TakePartAsync(RunContext client)
    {
        await using var seal = SealSetup.Open(client);
        using var setup = RunSetup.Open(client);
        await new SplitClientRun(client, setup, seal.Options).RunAsync();
    }
}
