using System.CommandLine;
using FlGlm.Benchmarks;
using FlGlm.Benchmarks.Ratios;
using FlGlm.Cli.Hosting;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;

var blocks = new Option<int>("--blocks")
{
    Description = "Blocks of the model of 'threads': 22 are 1.1 billion parameters.",
    HelpName = "N",
    DefaultValueFactory = _ => Scenario.LargeModel.Blocks,
};
var clients = new Option<int>("--clients")
{
    Description = "The most clients of 'r3': up to 8.",
    HelpName = "M",
    DefaultValueFactory = _ => 8,
};
var minutes = new Option<double>("--minutes") { Description = "How long 'soak' trains.", HelpName = "N", DefaultValueFactory = _ => 10 };
var soak = new Soak();
var threads = new Threads();
var throughput = new ClientThroughput();
IBenchmark[] all =
[
    new SplitStep(),
    new SplitStep(microBatches: 4),
    new ShrunkStep(),
    new WireBytes(),
    throughput,
    new ClientBatchCeiling(),
    new ChannelSpeed(),
    new TokenTime(),
    new PythonStep(),
    new AttentionForms(),
    threads,
    new Memory(),
    new ClientMemory(),
    new IdleShare(),
    new ShapedNetwork(),
    soak,
    new CheckpointCost(),
    new CandidateScoring(),
    new ViewCost(),
];

var names = new Argument<string[]>("RATIO") { Description = "What to measure; nothing = everything.", Arity = ArgumentArity.ZeroOrMore };
names.AcceptOnlyFromAmong([.. all.Select(benchmark => benchmark.Name)]);
var steps = new Option<int>("--steps") { Description = "Samples behind every median.", HelpName = "N", DefaultValueFactory = _ => 21 };
var report = new Option<string>("--out")
{
    Description = "The report to write.",
    HelpName = "FILE",
    DefaultValueFactory = _ => Path.Combine("artifacts", $"benchmarks-{DateTime.Now:yyyy-MM-dd}.md"),
};
var command = new RootCommand("Measures FlGlm's performance ratios side by side (docs/benchmarks.md).") { names, steps, blocks, clients, minutes, report };
command.SetAction(async (parsed, _) =>
{
    MemoryAllocator.KeepFreedMemory(); // as flglm does, before the first tensor
    ComputeEnvironment.Apply(new ComputeSettings { Threads = 1 });
    threads.Blocks = parsed.GetValue(blocks);
    soak.Minutes = parsed.GetValue(minutes);
    throughput.MostClients = parsed.GetValue(clients);
    var chosen = parsed.GetValue(names) is { Length: > 0 } some ? all.Where(benchmark => some.Contains(benchmark.Name)) : all;
    return await new BenchmarkRun(parsed.GetValue(steps), parsed.GetRequiredValue(report)).RunAsync([.. chosen]) ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
