// A server with a scheduler of its own: the serial strategy, but the clients with the most rows take their turns first.
// `dotnet run -- [model] [clients] [listen]`; then `flglm client --insecure` as often as there are clients.
using FlGlm.Core.Configuration;
using FlGlm.Server.Hosting;
using FlGlm.Server.Scheduling;

var server = new FlGlmServer(new ServerOptions
{
    Model = args.ElementAtOrDefault(0) ?? "demo/model",
    Plan = new RunPlan
    {
        Training = new TrainingSettings { Steps = 10, BatchSize = 8 },
        Clients = new ClientsSettings { Expected = int.Parse(args.ElementAtOrDefault(1) ?? "2") },
    },
    Server = new ServerSettings { Listen = args.ElementAtOrDefault(2) ?? "127.0.0.1:7400" },
    Compute = new ComputeSettings { Threads = 1 },
})
{
    Scheduler = (plan, middle, events) => new SerialScheduler(plan, middle, events) { Next = left => left.MaxBy(client => client.Samples)! },
};
await foreach (var happened in server.RunAsync())
    Console.WriteLine(happened);
