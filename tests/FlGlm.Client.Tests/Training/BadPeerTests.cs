using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Hosting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

public sealed class BadPeerTests
{
    private static readonly Dictionary<string, Func<RunPlan, RunPlan>> Changes = new()
    {
        ["model.path (hidden)"] = plan => plan with { Architecture = plan.Architecture.Replace("hidden=16", "hidden=8") },
        ["model.path (fingerprint)"] = plan => plan with { Fingerprint = "00ff" },
        ["split.head"] = plan => plan with { Split = plan.Split with { Head = 2 } },
        ["split.tail"] = plan => plan with { Split = plan.Split with { Tail = 2 } },
        ["peft.method"] = plan => plan with { Peft = new PeftSettings { Method = PeftMethod.None } },
        ["peft.lora.rank"] = plan => plan with { Peft = plan.Peft with { Lora = plan.Peft.Lora with { Rank = 4 } } },
        ["peft.lora.targets"] = plan => plan with { Peft = plan.Peft with { Lora = plan.Peft.Lora with { Targets = ["q_proj"] } } },
        ["peft.lora.layers"] = plan => WithLora(plan, lora => lora with { Layers = [1] }),
        ["peft.lora.rank_pattern"] = plan => WithLora(plan, lora => lora with { RankPattern = new Dictionary<string, int> { ["q_proj"] = 3 } }),
        ["peft.lora.alpha_pattern"] = plan => WithLora(plan, lora => lora with { AlphaPattern = new Dictionary<string, double> { ["q_proj"] = 3 } }),
        ["peft.lora.modules_to_save"] = plan => WithLora(plan, lora => lora with { ModulesToSave = ["lm_head"] }),
        ["peft.lora.init"] = plan => WithLora(plan, lora => lora with { Init = LoraInit.Gaussian }),
        ["optimizer.learning_rate"] = plan => plan with { Optimizer = plan.Optimizer with { LearningRate = 0.5 } },
        ["training.steps"] = plan => plan with { Training = plan.Training with { Steps = 6 } },
        ["training.accumulate"] = plan => plan with { Training = plan.Training with { Accumulate = 2 } },
        ["training.micro_batches"] = plan => plan with { Training = plan.Training with { MicroBatches = 2 } },
        ["training.seed"] = plan => plan with { Training = plan.Training with { Seed = 43 } },
        ["training.attention_dropout"] = plan => plan with { Training = plan.Training with { AttentionDropout = 0.5 } },
        ["clients.expected"] = plan => plan with { Clients = new ClientsSettings { Expected = 2 } },
        ["clients.names"] = plan => plan with { Clients = new ClientsSettings { Names = ["me"] } },
        ["compute.dtype"] = plan => plan with { Precision = ElementPrecision.BFloat16 },
    };

    private static RunPlan WithLora(RunPlan plan, Func<LoraSettings, LoraSettings> change) => plan with { Peft = plan.Peft with { Lora = change(plan.Peft.Lora) } };

    public static TheoryData<string> Keys => [.. Changes.Keys];

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task A_plan_that_differs_is_refused_by_its_key_on_both_sides(string key)
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var client = await run.ConnectAsync(own: Changes[key](run.Plan));

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => client.RunAsync());

        Assert.Equal(FaultCode.PlanMismatch, refusal.Code);
        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(key, await run.Seen.Lost, StringComparison.Ordinal);
        var right = await run.ConnectAsync("right");
        Assert.Equal(5, (await right.RunAsync()).Steps);
    }

    [Fact]
    public async Task A_late_client_finds_the_run_full()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1));
        var held = new TaskCompletionSource();
        var first = await run.ConnectAsync("first");
        first.Trainer.BeforeStep = _ => held.Task;
        var end = first.RunAsync();
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("first joined"));
        var late = await run.ConnectAsync("late");

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => late.RunAsync());

        Assert.Equal((FaultCode.Full, true), (refusal.Code, refusal.FromPeer));
        held.SetResult();
        Assert.Equal(1, (await end).Steps);
    }

    [Fact]
    public async Task A_forward_before_the_join_is_refused()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var channel = await run.OpenAsync();

        await channel.SendAsync(FrameKind.Forward, new Pass { Step = 1, Lengths = { 1 } }, null, default);

        await RawClient.ExpectRefusalAsync(channel, FaultCode.Unexpected);
    }

    [Fact]
    public async Task A_forward_outside_the_turn_is_refused()
    {
        await using var run = new TinyRun(TinyRun.Settings(clients: 2));
        var held = new TaskCompletionSource();
        var first = await run.ConnectAsync("first");
        first.Trainer.BeforeStep = _ => held.Task;
        var end = first.RunAsync();
        var channel = await run.OpenAsync("pushing");
        await RawClient.JoinAsync(channel);
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("turn of first in round 1"));
        await channel.SendAsync(FrameKind.Forward, new Pass { Step = 1, Lengths = { 2 } }, RawClient.Hidden(2), default);

        await RawClient.ExpectRefusalAsync(channel, FaultCode.Unexpected);

        held.SetResult();
        Assert.Equal(5, (await end).Steps);
    }

    [Fact]
    public async Task A_gradient_without_its_pass_is_refused()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var channel = await InTurnAsync(run);

        await channel.SendAsync(FrameKind.Backward, new PassGradient { Step = 1 }, RawClient.Hidden(2), default);

        await RawClient.ExpectRefusalAsync(channel, FaultCode.WrongStep);
    }

    [Theory]
    [InlineData(2, FaultCode.WrongStep, 2)]
    [InlineData(1, FaultCode.WrongShape, 3)]
    [InlineData(1, FaultCode.WrongShape, 0)]
    [InlineData(1, FaultCode.WrongShape, 65)]
    [InlineData(1, FaultCode.WrongShape, 1, 1, 1, 1)]
    public async Task A_pass_that_does_not_fit_is_refused(long step, FaultCode code, params int[] lengths)
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var channel = await InTurnAsync(run);

        await channel.SendAsync(FrameKind.Forward, new Pass { Step = step, Lengths = { lengths } }, RawClient.Hidden(2), default);

        await RawClient.ExpectRefusalAsync(channel, code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(true, 1, 2)]
    [InlineData(true, 2, 0)]
    [InlineData(true, -1, 0)]
    [InlineData(true, 1, -1)]
    [InlineData(true, 1, 0, 1, 0)]
    [InlineData(false, 1, 0)]
    public async Task A_context_that_does_not_fit_its_row_or_the_model_is_refused(bool chatGlm, params int[] contexts)
    {
        TinyModel model = chatGlm ? new TinyChatGlm { Hidden = TinyRun.Model.Hidden, TiedHead = true } : TinyRun.Model;
        var settings = TinyRun.Settings(PeftMethod.None);
        await using var run = new TinyRun(settings, model: model);
        var channel = await InTurnAsync(run);
        var pass = new Pass { Step = 1, Lengths = { 2 } };
        pass.ContextLengths.AddRange(contexts.Where((_, index) => index % 2 == 0));
        pass.MaskPositions.AddRange(contexts.Where((_, index) => index % 2 == 1));

        await channel.SendAsync(FrameKind.Forward, pass, RawClient.Hidden(2), default);

        await RawClient.ExpectRefusalAsync(channel, FaultCode.WrongShape);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public async Task Hidden_states_that_are_no_numbers_are_refused(float wrong)
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var channel = await InTurnAsync(run);

        await channel.SendAsync(FrameKind.Forward, new Pass { Step = 1, Lengths = { 2 } }, RawClient.Hidden(2, wrong), default);

        await RawClient.ExpectRefusalAsync(channel, FaultCode.NotFinite);
    }

    [Fact]
    public async Task A_gradient_that_is_no_number_does_not_reach_the_optimizer()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var channel = await InTurnAsync(run);
        var before = TinyTrainer.Values(run.Middle.Parameters);
        await channel.SendAsync(FrameKind.Forward, new Pass { Step = 1, Lengths = { 2 } }, RawClient.Hidden(2), default);
        (await channel.ExpectAsync(FrameKind.ForwardReply, default)).Dispose();

        await channel.SendAsync(FrameKind.Backward, new PassGradient { Step = 1 }, RawClient.Hidden(2, float.NaN), default);

        await RawClient.ExpectRefusalAsync(channel, FaultCode.NotFinite);
        Assert.Equal(ServedRun.AllClientsLeft, await run.Served);
        Assert.All(TinyTrainer.Values(run.Middle.Parameters), value => Assert.Equal(before[value.Key], value.Value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_gradient_that_overflows_in_the_middle_ends_its_own_session_and_nothing_else(double clipNorm)
    {
        var settings = TinyRun.Settings(steps: 2, clients: 2);
        await using var run = new TinyRun(settings with { Optimizer = settings.Optimizer with { ClipNorm = clipNorm } });
        var before = TinyTrainer.Values(run.Middle.Parameters);
        var other = await run.ConnectAsync("zoe");
        var held = new TaskCompletionSource();
        other.Trainer.BeforeStep = _ => held.Task;
        var others = other.RunAsync();
        var channel = await InTurnAsync(run, isAlone: false);
        await channel.SendAsync(FrameKind.Forward, new Pass { Step = 1, Lengths = { 2 } }, RawClient.Hidden(2), default);
        (await channel.ExpectAsync(FrameKind.ForwardReply, default)).Dispose();

        await channel.SendAsync(FrameKind.Backward, new PassGradient { Step = 1 }, RawClient.Hidden(2, float.MaxValue), default);

        await RawClient.ExpectRefusalAsync(channel, FaultCode.NotFinite);
        Assert.Contains("lower optimizer.learning_rate", await run.Seen.Lost, StringComparison.Ordinal);
        Assert.All(TinyTrainer.Values(run.Middle.Parameters), value => Assert.Equal(before[value.Key], value.Value));
        held.SetResult();
        Assert.Equal((ClientOutcome.Finished, 2), (await others is var end ? (end.Outcome, end.Steps) : default));
        Assert.All(other.Trainer.Losses, loss => Assert.True(float.IsFinite(loss)));
    }

    [Fact]
    public async Task A_negative_number_of_judged_positions_is_refused()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var channel = await InTurnAsync(run);
        await RawClient.ForwardAsync(channel, 1);

        await channel.SendAsync(FrameKind.Backward, new PassGradient { Step = 1, Targets = -1 }, RawClient.Hidden(2), default);

        await RawClient.ExpectRefusalAsync(channel, FaultCode.Malformed);
    }

    [Fact]
    public async Task A_turn_that_ends_within_a_step_is_refused()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1));
        var channel = await InTurnAsync(run);
        await RawClient.ForwardAsync(channel, 1);
        await channel.SendAsync(FrameKind.Backward, new PassGradient { Step = 1, Accumulate = true }, RawClient.Hidden(2), default);
        (await channel.ExpectAsync(FrameKind.BackwardReply, default)).Dispose();

        await channel.SendAsync(FrameKind.RoundEnd, new RoundEnd { Round = 1, Steps = 0 }, null, default);

        await RawClient.ExpectRefusalAsync(channel, FaultCode.WrongStep);
    }

    [Fact]
    public async Task A_turn_that_ends_before_its_last_step_is_refused()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 2));
        var channel = await InTurnAsync(run);
        await RawClient.StepAsync(channel, 1);

        await channel.SendAsync(FrameKind.RoundEnd, new RoundEnd { Round = 1, Steps = 1 }, null, default);

        await RawClient.ExpectRefusalAsync(channel, FaultCode.WrongStep);
    }

    [Theory]
    [InlineData(AverageWeights.Samples, 5)]
    [InlineData(AverageWeights.Targets, 0, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData(AverageWeights.Targets, 1_000_000, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task A_number_of_judged_positions_that_the_plan_does_not_take_is_refused(AverageWeights weights, long targets)
    {
        await using var run = new TinyRun(Strategies.With(TinyRun.Settings(), Strategies.Joined, weights: weights));
        var channel = await InTurnAsync(run);
        await RawClient.ForwardAsync(channel, 1);

        await channel.SendAsync(FrameKind.Backward, new PassGradient { Step = 1, Targets = targets }, RawClient.Hidden(2), default);

        await RawClient.ExpectRefusalAsync(channel, FaultCode.Malformed);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(6, 6)]
    public async Task More_open_passes_than_the_limit_are_refused(int microBatches, int limit)
    {
        await using var run = new TinyRun(TinyRun.InParts(TinyRun.Settings(), 1, microBatches));
        var channel = await InTurnAsync(run);
        for (var step = 1; step <= limit; step++)
        {
            await channel.SendAsync(FrameKind.Forward, new Pass { Step = step, Lengths = { 2 } }, RawClient.Hidden(2), default);
            (await channel.ExpectAsync(FrameKind.ForwardReply, default)).Dispose();
        }

        await channel.SendAsync(FrameKind.Forward, new Pass { Step = limit + 1, Lengths = { 2 } }, RawClient.Hidden(2), default);

        await RawClient.ExpectRefusalAsync(channel, FaultCode.WrongStep);
    }

    [Fact]
    public async Task More_steps_than_the_plan_gives_are_refused()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1));
        var channel = await InTurnAsync(run);
        await RawClient.StepAsync(channel, 1);

        await channel.SendAsync(FrameKind.Forward, new Pass { Step = 2, Lengths = { 2 } }, RawClient.Hidden(2), default);

        await RawClient.ExpectRefusalAsync(channel, FaultCode.WrongStep);
    }

    [Theory]
    [InlineData("no.such.tensor", 2, 16, 0f, FaultCode.Unexpected)]
    [InlineData("model.layers.0.self_attn.q_proj.lora_A.weight", 16, 2, 0f, FaultCode.WrongShape)]
    [InlineData("model.layers.0.self_attn.q_proj.lora_A.weight", 2, 16, float.NaN, FaultCode.NotFinite)]
    public async Task An_adapter_that_does_not_fit_the_plan_is_refused(string name, int rows, int columns, float value, FaultCode code)
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1, clients: 2));
        var channel = await InTurnAsync(run);
        await RawClient.StepAsync(channel, 1);
        await channel.SendAsync(FrameKind.RoundEnd, new RoundEnd { Round = 1, Steps = 1 }, null, default);

        using var numbers = full(32, value, dtype: float32);
        await channel.SendAsync(FrameKind.AdapterTensor, new AdapterTensor { Name = name, Dims = { rows, columns } }, new TensorPayload(numbers), default);

        await RawClient.ExpectRefusalAsync(channel, code);
    }

    [Fact]
    public async Task An_adapter_that_ends_early_is_refused()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1, clients: 2));
        var channel = await InTurnAsync(run);
        await RawClient.StepAsync(channel, 1);
        await channel.SendAsync(FrameKind.RoundEnd, new RoundEnd { Round = 1, Steps = 1 }, null, default);

        await channel.SendAsync(FrameKind.AdapterEnd, new AdapterEnd(), null, default);

        await RawClient.ExpectRefusalAsync(channel, FaultCode.Unexpected);
    }

    [Fact]
    public async Task A_silent_client_is_disconnected()
    {
        await using var run = new TinyRun(TinyRun.Settings(), server: new ServerSettings { PeerTimeoutS = 0.5 });
        await InTurnAsync(run);

        Assert.Contains("0.5 s", await run.Seen.Lost, StringComparison.Ordinal);

        Assert.Equal(ServedRun.AllClientsLeft, await run.Served);
    }

    [Fact]
    public async Task A_server_pings_a_client_in_its_turn()
    {
        await using var run = new TinyRun(TinyRun.Settings(), server: new ServerSettings { PeerTimeoutS = 1 });
        var channel = await InTurnAsync(run);
        await using var alive = new Heartbeat(channel, TimeSpan.FromMilliseconds(10));
        var before = channel.BytesReceived;
        _ = channel.ReceiveAsync(default).AsTask();

        await TinyRun.UntilAsync(() => channel.BytesReceived > before + 100);

        Assert.DoesNotContain("raw lost", run.Seen.Events);
    }

    /// <summary>A client in its turn, which sends and receives by hand; in a run of two with another one that waits.</summary>
    private static async Task<IFrameChannel> InTurnAsync(TinyRun run, bool isAlone = true)
    {
        if (isAlone && run.Plan.Clients.Expected == 2)
            _ = (await run.ConnectAsync("zoe")).RunAsync();
        var channel = await run.OpenAsync("raw");
        await RawClient.JoinAsync(channel);
        (await RawClient.ExpectAsync(channel, FrameKind.Turn)).Dispose();
        return channel;
    }
}
