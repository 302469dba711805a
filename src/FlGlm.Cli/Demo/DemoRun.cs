using FlGlm.Cli.Hosting;
using FlGlm.Cli.LocalRuns;
using FlGlm.Cli.Runs;
using FlGlm.Client.Training;
using FlGlm.Server.Events;
using FlGlm.Server.Hosting;

namespace FlGlm.Cli.Demo;

/// <summary>The demo: a sealed split run over loopback, the same run centralised, and a comparison.</summary>
internal sealed class DemoRun(RunContext run)
{
    private const string ServerName = "server";

    public async Task RunAsync()
    {
        run.Directory.Keep();
        var clients = run.Config.Data.Train.Select(file => (Name: Path.GetFileNameWithoutExtension(file), File: file)).ToList();
        List<string> names = [.. clients.Select(client => client.Name)];
        run = run with { Config = run.Config with { Clients = run.Config.Clients with { Expected = clients.Count, Names = names } } };
        await SplitAsync(clients);
        if (run.StopRequested.IsCancellationRequested)
            return;
        await CentralisedAsync(clients);
        if (!run.StopRequested.IsCancellationRequested)
            DemoReport.Show(run, names);
    }

    /// <summary>Server and clients, each with its own model files, keys and compute lane, as they would be on three machines.</summary>
    private async Task SplitAsync(IReadOnlyList<(string Name, string File)> clients)
    {
        var keys = LocalKeys.Make(run.Directory.Path, ServerName, [.. clients.Select(client => client.Name)]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.StopRequested);
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = run with
        {
            Config = run.Config with { Server = run.Config.Server with { Listen = "127.0.0.1:0" }, Keys = keys[ServerName] },
            Directory = run.Directory.Under(ServerName),
            StopRequested = stop.Token,
        };
        var sides = new List<Task>();
        try
        {
            Start(() => ServeAsync(server.OnTab(ServerName), listening.SetResult));
            var address = await listening.Task.WaitAsync(stop.Token);
            foreach (var (name, file) in clients)
            {
                var config = ForClient(name, file);
                var client = run with
                {
                    Config = config with { Client = config.Client with { Connect = address }, Keys = keys[name] },
                    Directory = run.Directory.Under(name),
                    StopRequested = stop.Token,
                };
                Start(() => TakePartAsync(client.OnTab(name)));
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
        var metrics = clients.ToDictionary(client => client.Name, client => new MetricsWriter(DemoReport.Centralised(run, client.Name).MetricsPath));
        try
        {
            List<TrainerOptions> owners = [.. clients.Select(client => LibraryOptions.Client(ForClient(client.Name, client.File), seal: null, output: ""))];
            var trainer = new LocalTrainer(owners[0]) { Others = owners[1..] };
            using var stop = run.StopRequested.Register(trainer.Stop);
            await foreach (var happened in trainer.RunAsync())
            {
                if (happened is not StepReport step)
                    continue;
                metrics[step.Client].Write(step);
                run.View.Show(step with { Client = $"{step.Client} (centralised)" });
            }
        }
        finally
        {
            foreach (var writer in metrics.Values)
                writer.Dispose();
        }
    }

    private FlGlmConfig ForClient(string name, string file) => run.Config with
    {
        Data = run.Config.Data with { Train = [file] },
        Client = run.Config.Client with { Name = name },
    };

    private static async Task ServeAsync(RunContext server, Action<string> listening)
    {
        await using var seal = SealSetup.Open(server);
        await RunOutput.FollowAsync(
            server,
            new FlGlmServer(LibraryOptions.Server(server.Config, seal.Options, server.Directory.AdapterPath)),
            happened =>
            {
                if (happened is ServerEvent.Listening { Address: var address })
                    listening(address);
            });
    }

    private static async Task TakePartAsync(RunContext client)
    {
        await using var seal = SealSetup.Open(client);
        await RunOutput.FollowAsync(client, new FlGlmClient(LibraryOptions.Client(client.Config, seal.Options, client.Directory.AdapterPath)));
    }
}
