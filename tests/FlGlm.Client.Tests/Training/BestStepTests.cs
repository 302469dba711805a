using FlGlm.Client.Evaluation;
using FlGlm.Client.Events;
using FlGlm.Client.Sessions;
using FlGlm.Client.Tests.Evaluation;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Server.Hosting;

namespace FlGlm.Client.Tests.Training;

/// <summary>A run that validates on the way by the task's metric: its best step, and its early end.</summary>
public sealed class BestStepTests
{
    /// <summary>Answers to choose from, free ones, and the loss alone.</summary>
    [Theory]
    [InlineData("superglue/copa", true)]
    [InlineData("xsum", true)]
    [InlineData("superglue/copa", false)]
    public async Task A_split_run_validates_and_keeps_its_best_step_as_one_in_one_process(string task, bool metric)
    {
        using var run = new ValidatedRun(task, new ClientSettings { EvalEvery = 2, EvalMetric = metric, KeepBest = true });
        var local = await run.LocalAsync();

        var split = (await run.SplitAsync("anna"))["anna"];

        Assert.Equal(4, ValidatedRun.Validations(local).Count); // before the first step, and after 2, 4 and 6
        Assert.Equal(ValidatedRun.Validations(local), ValidatedRun.Validations(split));
        Assert.Equal([0, 2, 4, 6], split.OfType<ClientEvent.Validating>().Select(each => each.Step));
        Assert.All(split.OfType<ClientEvent.Validated>(), each => Assert.Equal(metric, each.Loss.Metrics.Count > 0));
        Assert.Equal(ValidatedRun.Files(run.At("local", "adapter-best")), ValidatedRun.Files(run.At("anna", "adapter-best")));
        Assert.Equal(ValidatedRun.Files(run.At("local", "adapter")), ValidatedRun.Files(run.At("anna", "adapter")));
        Assert.True(Directory.Exists(run.At("server", "adapter-best", "middle")));
    }

    [Fact]
    public async Task The_best_adapter_gives_the_metric_and_the_loss_that_were_measured_when_it_was_trained()
    {
        using var run = new ValidatedRun("superglue/copa", new ClientSettings { EvalEvery = 2, EvalMetric = true, KeepBest = true });
        var best = (await run.SplitAsync("anna"))["anna"].OfType<ClientEvent.Validated>().Last(each => each.IsBest);

        var options = run.Options;
        var (summary, _) = await TrainedTask.EvaluateAsync(new EvaluatorOptions
        {
            Model = options.Model,
            Plan = options.Plan with { Peft = options.Plan.Peft with { Start = run.At("anna", "adapter-best") } },
            Data = options.Data,
            Evaluation = options.Evaluation with { Resamples = 0 },
            Output = run.At("evaluation"),
        });

        Assert.Equal(best.Loss.Metrics, summary.Metrics);
    }

    [Fact]
    public async Task A_run_ends_early_where_no_validation_is_better_as_in_one_process()
    {
        using var run = Worsening(new ClientSettings { EvalEvery = 1, Patience = 2 });
        var local = await run.LocalAsync();

        var split = (await run.SplitAsync("anna"))["anna"];

        var ended = Assert.Single(split.OfType<ClientEvent.EndedEarly>());
        Assert.Equal(Assert.Single(local.OfType<ClientEvent.EndedEarly>()), ended);
        Assert.Equal(ended.Best.Step + 2, split.OfType<StepReport>().Last().Step);
        Assert.Equal(ValidatedRun.Validations(local), ValidatedRun.Validations(split));
        Assert.Equal(ValidatedRun.Files(run.At("local", "adapter-best")), ValidatedRun.Files(run.At("anna", "adapter-best")));
    }

    [Theory]
    [InlineData(Strategies.Serial, 2)]
    [InlineData(Strategies.Joined, 4)]
    [InlineData(Strategies.Apart, 4)]
    [InlineData(Strategies.Hierarchical, 4)]
    public async Task A_client_that_has_trained_enough_leaves_at_the_next_average_and_the_others_go_on(string strategy, int leavesAfter)
    {
        using var run = Worsening(new ClientSettings(), plan => Strategies.With(plan with { Training = plan.Training with { Steps = 8, Rounds = 2 } }, strategy, period: 4));
        run.Own["anna"] = new ClientSettings { EvalEvery = 1, Patience = 2 };

        var seen = await run.SplitAsync("anna", "bert");

        Assert.Single(seen["anna"].OfType<ClientEvent.EndedEarly>());
        Assert.Equal(leavesAfter, seen["anna"].OfType<StepReport>().Count());
        Assert.Equal(16, seen["bert"].OfType<StepReport>().Count());
        Assert.Equal(ClientOutcome.Finished, seen["anna"].OfType<ClientEvent.Ended>().Single().Outcome);
        Assert.Equal(ClientOutcome.Finished, seen["bert"].OfType<ClientEvent.Ended>().Single().Outcome);
        Assert.NotEmpty(ValidatedRun.Files(run.At("anna", "adapter-best")));
        Assert.NotEmpty(ValidatedRun.Files(run.At("bert", "adapter")));
        Assert.True(Directory.Exists(run.At("server", "adapter-best", "1-anna", "middle")));
    }

    [Fact]
    public async Task A_run_whose_clients_have_all_trained_enough_is_over()
    {
        using var run = Worsening(new ClientSettings { EvalEvery = 1, Patience = 1 });

        var seen = await run.SplitAsync("anna", "bert");

        Assert.All(seen.Values, events => Assert.Single(events.OfType<ClientEvent.EndedEarly>()));
        Assert.True(Directory.Exists(run.At("server", "adapter", "middle")));
    }

    [Fact]
    public async Task A_server_that_keeps_too_little_refuses_the_first_middle()
    {
        using var run = new ValidatedRun("superglue/copa", new ClientSettings { EvalEvery = 2, KeepBest = true }) { Server = new ServerSettings { Listen = "127.0.0.1:0", MaxKeptBytes = 1000 } };

        var error = await Assert.ThrowsAsync<ProtocolException>(() => run.SplitAsync("anna"));

        Assert.Equal(FaultCode.CacheFull, error.Code);
        Assert.Contains("(server.max_kept_bytes). Evaluate less often (client.eval_every).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_metric_without_a_task_is_refused()
    {
        using var run = new ValidatedRun("superglue/copa", new ClientSettings { EvalMetric = true });
        var options = run.Options with { Data = run.Options.Data with { Task = "", Folder = "", Train = [Path.Combine(run.Options.Data.Folder, "train.jsonl")] } };

        var error = await Assert.ThrowsAnyAsync<FlGlmException>(() => new LocalTrainer(options).RunToEndAsync());

        Assert.StartsWith("client.eval_metric: needs a task; set data.task to one of ", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Steps so long that they make the loss worse.</summary>
    private static ValidatedRun Worsening(ClientSettings client, Func<RunPlan, RunPlan>? change = null) =>
        new("superglue/copa", client, plan => (change ?? (same => same))(plan with { Optimizer = new OptimizerSettings { LearningRate = 5 } }));
}
