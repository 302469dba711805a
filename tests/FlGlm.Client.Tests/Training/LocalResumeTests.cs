using FlGlm.Client.Data;
using FlGlm.Client.Events;
using FlGlm.Client.Sessions;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

/// <summary>Training in one process that is interrupted and goes on has the bits of one that was not.</summary>
public sealed class LocalResumeTests : IDisposable
{
    private const int Steps = 7;
    private const int Every = 3;

    private readonly TempFolder _folder = new();
    private readonly string _model;
    private readonly string _rows;

    public LocalResumeTests()
    {
        _model = TinyRun.Model.Write(_folder.At("model"));
        var random = new Random(1);
        _rows = _folder.Write("rows.jsonl", string.Concat(Enumerable.Range(3, 12).Select(length => $"{{\"input_ids\": [{string.Join(", ", Enumerable.Range(0, length).Select(_ => random.Next(1, 32)))}]}}\n")));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("lora", 4)]
    [InlineData("lora", 1)]
    [InlineData("prefix", 4)]
    [InlineData("full", 2)]
    [InlineData("bfloat16", 4)]
    [InlineData("sgd", 5)]
    [InlineData("adamw", 6)]
    public async Task A_run_that_is_stopped_and_goes_on_has_the_bits_of_one_that_was_not(string kind, int stopAfter)
    {
        var whole = await RunAsync("whole", kind);
        Assert.Equal([0, 2, 4, 6, 7], whole.OfType<ClientEvent.Validated>().Select(each => each.Step));
        var trainer = Trainer("parts", kind);
        var first = await EventsAsync(trainer, step => step == stopAfter, trainer.Stop);
        var second = await EventsAsync(Trainer("parts", kind, resume: true));

        AssertSame(whole, first, second);
        Assert.Equal(first.OfType<StepReport>().Last().Step, Assert.Single(second.OfType<ClientEvent.RolledBack>()).Step); // nothing is repeated
        AssertSameFiles(_folder.At("whole"), _folder.At("parts"));
    }

    [Theory]
    [InlineData("lora", 1, 0)]
    [InlineData("prefix", 4, 3)]
    [InlineData("bfloat16", 5, 3)]
    [InlineData("sgd", 2, 0)]
    [InlineData("adamw", 6, 6)]
    public async Task A_run_that_fails_repeats_the_steps_since_its_checkpoint_with_the_same_bits(string kind, int failAfter, int checkpoint)
    {
        var whole = await EventsAsync(Rows("whole", kind));
        var first = await FailAsync("parts", kind, failAfter);
        var second = await EventsAsync(Rows("parts", kind, resume: true));

        Assert.Equal(failAfter, Losses(first).Count);
        Assert.Equal(checkpoint, Assert.Single(second.OfType<ClientEvent.RolledBack>()).Step);
        AssertSame(whole, first, second);
        AssertSameFiles(_folder.At("whole"), _folder.At("parts"));
    }

    [Fact]
    public async Task A_run_may_be_interrupted_several_times()
    {
        var whole = await EventsAsync(Rows("whole", "prefix"));
        var events = await FailAsync("parts", "prefix", 1);
        foreach (var more in new[] { 2, 3, 1, 3 })
            events.AddRange(await FailAsync("parts", "prefix", more, resume: true));
        events.AddRange(await EventsAsync(Rows("parts", "prefix", resume: true)));

        AssertSame(whole, events);
        AssertSameFiles(_folder.At("whole"), _folder.At("parts"));
    }

    [Fact]
    public async Task An_earlier_checkpoint_may_be_named_and_later_ones_go()
    {
        var whole = await RunAsync("whole", "lora");
        var first = await RunAsync("parts", "lora");
        Assert.Equal(["step-3", "step-6", "step-7"], Checkpoints("parts"));

        var trainer = Trainer("parts", "lora", resume: true, from: "step-3");
        var again = await EventsAsync(trainer, step => step == 4, trainer.Stop);

        Assert.Equal(3, Assert.Single(again.OfType<ClientEvent.RolledBack>()).Step);
        Assert.Equal("step-3", Checkpoints("parts")[0]);
        AssertSame(whole, first, again, await EventsAsync(Trainer("parts", "lora", resume: true)));
    }

    [Fact]
    public async Task A_run_that_is_finished_has_nothing_left_to_do_and_its_adapter_stays()
    {
        await RunAsync("whole", "lora");
        await RunAsync("parts", "lora");

        var again = await EventsAsync(Trainer("parts", "lora", resume: true));

        Assert.Empty(again.OfType<StepReport>());
        Assert.Empty(again.OfType<ClientEvent.Validated>());
        Assert.Contains("resumed from checkpoint 'step-7': 7 of 7 steps are taken, nothing is left to do", again.OfType<RunEvent.Message>().Select(message => message.Text));
        AssertSameFiles(_folder.At("whole"), _folder.At("parts"));
    }

    [Fact]
    public async Task Without_checkpoints_a_run_that_is_to_go_on_begins()
    {
        var whole = await RunAsync("whole", "lora");
        var begun = await EventsAsync(Trainer("parts", "lora", resume: true));

        Assert.Empty(begun.OfType<ClientEvent.RolledBack>());
        AssertSame(whole, begun);
    }

    [Fact]
    public async Task The_size_of_a_checkpoint_is_reported_before_the_first_step()
    {
        var events = await RunAsync("whole", "lora");

        var line = events.TakeWhile(happened => happened is not StepReport).OfType<RunEvent.Message>().Single(message => message.Text.StartsWith("a checkpoint every", StringComparison.Ordinal));
        Assert.Matches(@"^a checkpoint every 3 steps: 0\.\d+ MB each, the last 3 are kept$", line.Text);
    }

    [Fact]
    public async Task A_folder_with_checkpoints_is_refused_by_a_run_that_begins_and_nothing_changes()
    {
        await RunAsync("whole", "lora");
        var before = Snapshot(_folder.At("whole"));

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => RunAsync("whole", "lora"));

        Assert.Equal($"run.directory: '{_folder.At("whole", "checkpoints")}' has the checkpoints of a run, up to 'step-7'; go on with it (--resume), or name another directory.", error.Message);
        Assert.Equal(before, Snapshot(_folder.At("whole")));
    }

    [Fact]
    public async Task Another_plan_is_refused_with_every_key_and_nothing_changes()
    {
        await RunAsync("whole", "lora");
        var before = Snapshot(_folder.At("whole"));
        var options = Options("whole", "lora", resume: true, from: "step-3");
        var plan = options.Plan with
        {
            Optimizer = options.Plan.Optimizer with { LearningRate = 0.02 },
            Training = options.Plan.Training with { Steps = 9 },
            Checkpoint = new CheckpointSettings { Every = 4 }, // may change
        };

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => new LocalTrainer(options with { Plan = plan }).RunToEndAsync());

        Assert.Equal(
            [
                "optimizer.learning_rate: is 0.01 in the checkpoint and 0.02 here; a run goes on with the settings that it began with.",
                "training.steps: is 7 in the checkpoint and 9 here; a run goes on with the settings that it began with.",
            ],
            error.Problems.Select(problem => problem.ToString()));
        Assert.Equal(before, Snapshot(_folder.At("whole")));
    }

    [Fact]
    public async Task Other_rows_are_refused_and_nothing_changes()
    {
        await RunAsync("whole", "lora");
        var before = Snapshot(_folder.At("whole"));
        var text = await File.ReadAllTextAsync(_rows, TestContext.Current.CancellationToken);

        await File.WriteAllTextAsync(_rows, text.Replace('8', '9'), TestContext.Current.CancellationToken);
        var changed = await Assert.ThrowsAsync<CheckpointException>(() => new LocalTrainer(Options("whole", "lora", resume: true)).RunToEndAsync());
        await File.WriteAllTextAsync(_rows, text + text, TestContext.Current.CancellationToken);
        var more = await Assert.ThrowsAsync<CheckpointException>(() => new LocalTrainer(Options("whole", "lora", resume: true)).RunToEndAsync());

        Assert.Contains("is of other data (9 rows to train on, here as there, but not the same ones", changed.Message, StringComparison.Ordinal);
        Assert.Contains("is of other data (9 rows to train on there, 18 here)", more.Message, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot(_folder.At("whole")));
    }

    [Fact]
    public async Task Other_weights_are_refused_and_nothing_changes()
    {
        await RunAsync("whole", "lora");
        var before = Snapshot(_folder.At("whole"));
        new TinyLlama { Hidden = 16, Vocabulary = 32, MaxPositions = 64, Deviation = 0.07 }.Write(_model);

        var error = await Assert.ThrowsAsync<CheckpointException>(() => new LocalTrainer(Options("whole", "lora", resume: true)).RunToEndAsync());

        Assert.Contains("is of other weights", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot(_folder.At("whole")));
    }

    [Fact]
    public async Task A_checkpoint_of_another_side_is_refused()
    {
        await RunAsync("whole", "lora");
        var index = _folder.At("whole", "checkpoints");
        var store = new Core.Checkpoints.CheckpointStore(index);
        store.Write("turn-1", new Core.Checkpoints.RunProgress("server", 1, 1), new Dictionary<string, IReadOnlyDictionary<string, TorchSharp.torch.Tensor>>());

        var error = await Assert.ThrowsAsync<CheckpointException>(() => new LocalTrainer(Options("whole", "lora", resume: true)).RunToEndAsync());

        Assert.EndsWith("is of `server`, not of `train`.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(7, 1)]
    [InlineData(7, 6)]
    public async Task Several_data_owners_go_on_in_the_turn_that_was_interrupted(int first, int second)
    {
        var whole = await EventsAsync(Owners("whole", resume: false));
        await Assert.ThrowsAsync<InvalidOperationException>(() => EventsAsync(Owners("parts", resume: false, first, second)));

        var again = await EventsAsync(Owners("parts", resume: true));

        var all = Losses(whole);
        Assert.Equal(2 * Steps, all.Count);
        Assert.All(Losses(again), step => Assert.Equal(all[step.Key], step.Value));
        Assert.Equal(((string, int))("owner-2", Steps), Losses(again).Keys.Last());
        Assert.Equal(second == 0 ? "owner-1" : "owner-2", Losses(again).Keys.First().Item1);
        AssertSameFiles(_folder.At("whole"), _folder.At("parts"));
    }

    [Fact]
    public async Task Where_the_disk_refuses_a_checkpoint_the_run_ends_saves_and_the_one_before_is_whole()
    {
        await EventsAsync(Rows("whole", "lora"));
        await FailAsync("parts", "lora", 4);
        var folder = _folder.At("parts", "checkpoints");
        Directory.Delete(_folder.At("parts", "out"), recursive: true);
        File.WriteAllText(Path.Combine(folder, ".step-6.tmp"), ""); // stands where the next one is made

        var error = await Assert.ThrowsAsync<CheckpointException>(() => Rows("parts", "lora", resume: true).RunToEndAsync());

        Assert.Equal(folder, error.Path);
        Assert.True(Directory.Exists(_folder.At("parts", "out")));
        Assert.Equal(["step-0", "step-3"], Checkpoints("parts"));
        File.Delete(Path.Combine(folder, ".step-6.tmp"));
        await EventsAsync(Rows("parts", "lora", resume: true));
        AssertSameFiles(_folder.At("whole"), _folder.At("parts"));
    }

    private LocalTrainer Owners(string run, bool resume, int first = Steps, int second = Steps) =>
        new(RowOptions(run, "prefix", first, resume) with { Client = new ClientSettings { Name = "owner-1" } })
        {
            Others = [RowOptions(run, "prefix", second) with { Client = new ClientSettings { Name = "owner-2" }, Output = _folder.At(run, "out", "owner-2") }],
        };

    private Task<List<RunEvent>> RunAsync(string run, string kind) => EventsAsync(Trainer(run, kind));

    /// <summary>Trains on given rows, which are enough for some steps.</summary>
    private LocalTrainer Rows(string run, string kind, int steps = Steps, bool resume = false) => new(RowOptions(run, kind, steps, resume));

    private TrainerOptions RowOptions(string run, string kind, int steps, bool resume = false) =>
        Options(run, kind, resume) with { Examples = new FailingRows(steps * 3) };

    private async Task<List<RunEvent>> FailAsync(string run, string kind, int after, bool resume = false)
    {
        List<RunEvent> seen = [];
        await Assert.ThrowsAsync<InvalidOperationException>(() => EventsAsync(Rows(run, kind, after, resume), seen: seen));
        return seen;
    }

    private LocalTrainer Trainer(string run, string kind, bool resume = false, string from = "") => new(Options(run, kind, resume, from));

    private TrainerOptions Options(string run, string kind, bool resume = false, string from = "")
    {
        var settings = TinyRun.Settings(
            kind switch
            {
                "prefix" => PeftMethod.PTuningV2,
                "full" or "bfloat16" => PeftMethod.None,
                _ => PeftMethod.Lora,
            },
            dropout: 0.2,
            Steps);
        var dtype = kind == "bfloat16" ? ElementPrecision.BFloat16 : ElementPrecision.Float32;
        return new TrainerOptions
        {
            Model = _model,
            Plan = settings with
            {
                Checkpoint = new CheckpointSettings { Every = Every },
                Precision = dtype,
                Optimizer = settings.Optimizer with
                {
                    Name = kind switch
                    {
                        "sgd" => OptimizerName.Sgd,
                        "adamw" => OptimizerName.AdamW,
                        _ => OptimizerName.Adam,
                    },
                    Momentum = kind == "sgd" ? 0.9 : 0,
                    WeightDecay = kind == "adamw" ? 0.1 : 0,
                    Schedule = LearningRateSchedule.Linear,
                },
            },
            Compute = new ComputeSettings { Dtype = dtype },
            Data = new DataSettings { Train = [_rows], Validation = ["0.25"], MaxLength = 32 },
            Client = new ClientSettings { EvalEvery = 2 },
            Output = _folder.At(run, "out"),
            Checkpoints = _folder.At(run, "checkpoints"),
            Resume = resume,
            ResumeFrom = from,
        };
    }

    private static async Task<List<RunEvent>> EventsAsync(LocalTrainer trainer, Func<int, bool>? when = null, Action? act = null, List<RunEvent>? seen = null)
    {
        seen ??= [];
        await foreach (var happened in trainer.RunAsync())
        {
            seen.Add(happened);
            if (happened is StepReport step && when?.Invoke(step.Step) == true)
                act!();
        }

        return seen;
    }

    private string[] Checkpoints(string run) => [.. new Core.Checkpoints.CheckpointStore(_folder.At(run, "checkpoints")).Names];

    private static OrderedDictionary<(string, int), (float, double, int)> Losses(IEnumerable<RunEvent> events)
    {
        var steps = new OrderedDictionary<(string, int), (float, double, int)>();
        foreach (var step in events.OfType<StepReport>())
            steps[(step.Client, step.Step)] = (step.Loss, step.LearningRate, step.Tokens);
        return steps;
    }

    /// <summary>Every step and validation of all parts has the values of the whole run, and none is missing.</summary>
    private static void AssertSame(List<RunEvent> whole, params List<RunEvent>[] parts)
    {
        var all = Losses(whole);
        Assert.Equal(Steps, all.Count);
        var validations = whole.OfType<ClientEvent.Validated>().ToDictionary(each => each.Step, each => each.Loss.Loss);
        foreach (var part in parts)
        {
            Assert.All(Losses(part), step => Assert.Equal(all[step.Key], step.Value));
            Assert.All(part.OfType<ClientEvent.Validated>(), each => Assert.Equal(validations[each.Step], each.Loss.Loss));
        }

        Assert.Equal(all.Keys, Losses(parts.SelectMany(part => part)).Keys);
        Assert.Equal(validations.Keys, parts.SelectMany(part => part.OfType<ClientEvent.Validated>()).Select(each => each.Step).Distinct());
    }

    private static void AssertSameFiles(string one, string other)
    {
        var files = Snapshot(Path.Combine(one, "out"));
        Assert.NotEmpty(files);
        Assert.Equal(files, Snapshot(Path.Combine(other, "out")));
    }

    private static Dictionary<string, string> Snapshot(string folder) => Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .ToDictionary(file => Path.GetRelativePath(folder, file), file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))));
}
