// Centralised fine-tuning from code: head, middle and tail in one process. `dotnet run -- [model] [data.jsonl] [steps]`
using FlGlm.Client.Data;
using FlGlm.Client.Stages;
using FlGlm.Client.Training;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Server.Stages;

var model = args.ElementAtOrDefault(0) ?? "demo/model";
var data = args.ElementAtOrDefault(1) ?? "demo/data/harbour.jsonl";
var steps = int.Parse(args.ElementAtOrDefault(2) ?? "20");

var device = ComputeEnvironment.Apply(new ComputeSettings { Threads = 1 });
using var checkpoint = HfCheckpoint.Open(model);
var family = ModelFamily.Of(checkpoint);
var plan = RunPlanner.Create(checkpoint, family, new RunPlan
{
    Peft = new PeftSettings { Method = PeftMethod.Lora, Lora = new LoraSettings { Rank = 8, Targets = ["q_proj", "v_proj"] } },
    Optimizer = new OptimizerSettings { LearningRate = 5e-3 },
    Training = new TrainingSettings { Steps = steps, BatchSize = 8 },
});
var rows = Dataset.Load(new DataSettings { Train = [data], MaxLength = 128 }, model, family.Shape.MaxPositions).Train;

var blueprint = StageBlueprint.Create(plan, family, device);
using var client = new ClientStages(checkpoint, blueprint);
using var middle = new MiddleStage(checkpoint, blueprint);
using var lane = new ComputeLane("compute");
using var clientOptimizer = new StageOptimizer(client.Parameters, plan.Optimizer, plan.ClientSteps(rows.Count));
using var middleOptimizer = new StageOptimizer(middle.Parameters, plan.Optimizer, plan.ServerSteps([rows.Count]));

var local = new LocalMiddle(middle, middleOptimizer, lane);
var trainer = new SplitTrainer(client, local, clientOptimizer, lane);
using var batches = new TrainingBatches(rows, plan.Training.BatchSize, steps, plan.Training.Seed, family.Marks);
for (var step = 1; step <= steps; step++)
{
    var result = await trainer.StepAsync(batches.Next(), CancellationToken.None);
    Console.WriteLine($"step {step}: loss {result.Loss:F4}, {result.Seconds.Total * 1000:F0} ms");
}
