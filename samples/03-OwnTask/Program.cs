// A task of your own (ToneTask.cs): trained on and evaluated. `dotnet run -- [model] [folder of train.jsonl and val.jsonl] [steps] [output]`
using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Samples;

var (model, output, compute) = (args.ElementAtOrDefault(0) ?? "demo/model", args.ElementAtOrDefault(3) ?? "runs/tone", new ComputeSettings { Threads = 1 });
var data = new DataSettings { Folder = args.ElementAtOrDefault(1) ?? "samples/03-OwnTask", MaxLength = 64 };
var plan = new RunPlan
{
    Optimizer = new OptimizerSettings { LearningRate = 1e-2 },
    Training = new TrainingSettings { Steps = int.Parse(args.ElementAtOrDefault(2) ?? "60"), BatchSize = 8 },
};
var task = new ToneTask();
var trainer = new LocalTrainer(new TrainerOptions { Model = model, Data = data, Task = task, Plan = plan, Compute = compute, Output = output });
await foreach (var happened in trainer.RunAsync())
    Console.WriteLine(happened);

var trained = plan with { Peft = plan.Peft with { Start = output } };
var evaluator = new Evaluator(new EvaluatorOptions { Model = model, Data = data, Task = task, Plan = trained, Compute = compute });
await evaluator.RunToEndAsync();
Console.WriteLine(string.Join("; ", evaluator.Summary!.Metrics));
