// Split fine-tuning from code: one server and two clients over loopback, sealed. `dotnet run -- [model] [data-1.jsonl] [data-2.jsonl] [steps]`
using FlGlm.Client.Data;
using FlGlm.Client.Sessions;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Server.Events;
using FlGlm.Server.Hosting;

var model = args.ElementAtOrDefault(0) ?? "demo/model";
string[] data = [args.ElementAtOrDefault(1) ?? "demo/data/harbour.jsonl", args.ElementAtOrDefault(2) ?? "demo/data/garden.jsonl"];
string[] names = ["client-1", "client-2"];
var plan = new RunPlan
{
    Optimizer = new OptimizerSettings { LearningRate = 5e-3 },
    Training = new TrainingSettings { Steps = int.Parse(args.ElementAtOrDefault(3) ?? "10"), BatchSize = 8 },
    Clients = new ClientsSettings { Expected = 2, Names = names },
};
await using var keys = new KeyRing("server", names);
var server = new FlGlmServer(new ServerOptions { Model = model, Plan = plan, Seal = keys["server"], Server = new ServerSettings { Listen = "127.0.0.1:0" } });
var clients = Task.CompletedTask;
await foreach (var happened in server.RunAsync())
{
    Console.WriteLine($"server: {happened}");
    if (happened is ServerEvent.Listening { Address: var address })
        clients = Task.WhenAll(names.Zip(data, (name, file) => TrainAsync(name, file, address)));
}

await clients;

async Task TrainAsync(string name, string file, string address)
{
    var (rows, own) = (new DataSettings { Train = [file], MaxLength = 128 }, new ClientSettings { Name = name, Connect = address });
    var client = new FlGlmClient(new ClientOptions { Model = model, Plan = plan, Seal = keys[name], Data = rows, Client = own });
    await foreach (var happened in client.RunAsync())
    {
        if (happened is StepReport step)
            Console.WriteLine($"{name} step {step.Step}: loss {step.Loss:F4}");
    }
}
