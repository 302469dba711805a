// Centralised fine-tuning from code: head, middle and tail in one process. `dotnet run -- [model] [data.jsonl] [steps]`
using FlGlm.Client.Data;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;

var trainer = new LocalTrainer(new TrainerOptions
{
    Model = args.ElementAtOrDefault(0) ?? "demo/model",
    Data = new DataSettings { Train = [args.ElementAtOrDefault(1) ?? "demo/data/harbour.jsonl"], MaxLength = 128 },
    Compute = new ComputeSettings { Threads = 1 },
    Plan = new RunPlan
    {
        Peft = new PeftSettings { Method = PeftMethod.Lora, Lora = new LoraSettings { Rank = 8, Targets = ["q_proj", "v_proj"] } },
        Optimizer = new OptimizerSettings { LearningRate = 5e-3 },
        Training = new TrainingSettings { Steps = int.Parse(args.ElementAtOrDefault(2) ?? "20"), BatchSize = 8 },
    },
});
await foreach (var happened in trainer.RunAsync())
{
    if (happened is StepReport step)
        Console.WriteLine($"step {step.Step}: loss {step.Loss:F4}, {step.Seconds.Total * 1000:F0} ms");
}
