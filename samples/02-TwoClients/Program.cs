// Split fine-tuning from code: one server and two clients over loopback, sealed. `dotnet run -- [model] [data-1.jsonl] [data-2.jsonl] [steps]`
using FlGlm.Client.Data;
using FlGlm.Client.Sessions;
using FlGlm.Client.Stages;
using FlGlm.Client.Training;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Samples;
using FlGlm.Server.Hosting;
using FlGlm.Server.Scheduling;
using FlGlm.Server.Stages;
using Microsoft.Extensions.Logging.Abstractions;

var model = args.ElementAtOrDefault(0) ?? "demo/model";
string[] data = [args.ElementAtOrDefault(1) ?? "demo/data/harbour.jsonl", args.ElementAtOrDefault(2) ?? "demo/data/garden.jsonl"];
var steps = int.Parse(args.ElementAtOrDefault(3) ?? "10");

var device = ComputeEnvironment.Apply(new ComputeSettings { Threads = 1 });
using var checkpoint = HfCheckpoint.Open(model);
var family = ModelFamily.Of(checkpoint);
var plan = RunPlanner.Create(checkpoint, family, new RunPlan
{
    Optimizer = new OptimizerSettings { LearningRate = 5e-3 },
    Training = new TrainingSettings { Steps = steps, BatchSize = 8 },
    Clients = new ClientsSettings { Expected = data.Length },
});
// What this machine holds of the model; before the first step server and clients compare it.
var content = ModelContent.Read(checkpoint, family, plan.Peft, new TensorHashes(folder: null), CancellationToken.None);
var blueprint = StageBlueprint.Create(plan, family, device);

// Every side has its own identity; here each records the others' keys on first use, real runs pin them (`flglm keys`).
await using var pool = new RsaKeyPool();
var folder = Directory.CreateTempSubdirectory("flglm-sample-").FullName;
SealOptions Seal(string side) => new(IdentityKey.Create(), new KnownPeers(Path.Combine(folder, side), PeerTrust.FirstUse), pool);

using var serverLane = new ComputeLane("server");
using var middle = new MiddleStage(checkpoint, blueprint);
using var optimizer = new StageOptimizer(middle.Parameters, plan.Optimizer, plan.ServerSteps([]));
var screen = new Screen();
using var scheduler = new SerialScheduler(plan, new TimedMiddle(middle, optimizer, serverLane), screen);
await using var server = new SplitServer(
    middle, scheduler, serverLane, plan, content, new ServerSettings { Listen = "127.0.0.1:0" }, Seal("server"), screen, NullLogger.Instance);
var address = await server.ListenAsync(CancellationToken.None);
var serving = server.RunAsync(CancellationToken.None, CancellationToken.None);
await Task.WhenAll(data.Select((file, index) => TakePartAsync($"client-{index + 1}", file)));
Console.WriteLine($"server: {await serving}");

async Task TakePartAsync(string name, string file)
{
    var rows = Dataset.Load(new DataSettings { Train = [file], MaxLength = 128 }, model, family.Shape.MaxPositions).Train;
    using var lane = new ComputeLane(name);
    using var stages = new ClientStages(checkpoint, blueprint);
    var steps = plan.ClientSteps(rows.Count);
    using var clientOptimizer = new StageOptimizer(stages.Parameters, plan.Optimizer, steps);
    using var batches = new TrainingBatches(rows, plan.Training.BatchSize, (int)steps, plan.Training.Seed, family.Marks);
    var settings = new ClientSettings { Name = name, Connect = address.ToString() };
    await using var channel = await ServerConnection.OpenAsync(settings, Seal(name), waiting: null, CancellationToken.None);
    var session = new ClientSession(channel, stages, plan, content, lane, screen);
    var trainer = new SplitTrainer(stages, session.Middle, clientOptimizer, lane);
    var loop = new TrainingLoop(trainer, session.Middle, batches, step => Console.WriteLine($"{name} step {step.Step}: loss {step.Loss:F4}"));
    var run = await session.RunAsync(
        rows.Count, (round, count, stop, ct) => loop.RunAsync(round, count, _ => Task.CompletedTask, stop, ct), CancellationToken.None, CancellationToken.None);
    run.Middle?.Dispose();
    Console.WriteLine($"{name}: {run.Outcome}, {channel.BytesSent} bytes up, {channel.BytesReceived} down");
}
