using FlGlm.Client.Data;
using FlGlm.Client.Sessions;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Tap;
using FlGlm.Server.Events;
using FlGlm.Server.Hosting;
using FlGlm.Server.Tap;

namespace FlGlm.Privacy.Tests.Tap;

/// <summary>A server and its clients over loopback, recorded by the server's tap. All have the same rows.</summary>
internal static class RecordedRun
{
    public const string Client = "clinic";

    /// <returns>the losses of the first client's steps</returns>
    public static async Task<List<double>> TrainAsync(string model, RunPlan plan, IReadOnlyList<Example> rows, IServerTap? tap)
    {
        var server = new FlGlmServer(new ServerOptions { Model = model, Plan = plan, Server = new ServerSettings { Listen = "127.0.0.1:0" }, Tap = tap });
        var (training, losses) = (Task.CompletedTask, new List<double>());
        await foreach (var happened in server.RunAsync())
        {
            if (happened is ServerEvent.Listening { Address: var address })
                training = Task.WhenAll(Enumerable.Range(0, plan.Clients.Expected).Select(place => Task.Run(() => ClientAsync(address, place))));
        }

        await training;
        return losses;

        async Task ClientAsync(string address, int place)
        {
            var client = new FlGlmClient(new ClientOptions { Model = model, Plan = plan, Examples = rows, Client = new ClientSettings { Name = place == 0 ? Client : $"other-{place}", Connect = address } });
            await foreach (var happened in client.RunAsync())
            {
                if (happened is StepReport step && place == 0)
                    losses.Add(step.Loss);
            }
        }
    }

    public static async Task<Recording> RecordAsync(string model, RunPlan plan, IReadOnlyList<Example> rows, string folder)
    {
        await using (var recorder = new Recorder(folder))
            await TrainAsync(model, plan, rows, recorder);
        return Recording.Open(folder);
    }
}
