using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Core.Tests.Planning;

public sealed class PlanMessagesTests
{
    public static TheoryData<PeftMethod> Methods => [.. Enum.GetValues<PeftMethod>()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_plan_survives_the_round_trip(PeftMethod method)
    {
        var plan = Unusual(method);

        var message = Plan.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(PlanMessages.ToMessage(plan, "1.2.3")));
        var back = PlanMessages.FromMessage(message);

        Assert.Equal("1.2.3", message.Version);
        Assert.Equal(PlanFields.Of(plan), PlanFields.Of(back));
        Assert.Equal(
            (plan.Clients, plan.Serial, plan.Crypto, plan.ShareMiddle, plan.ServerSteps([])),
            (back.Clients, back.Serial, back.Crypto, back.ShareMiddle, back.ServerSteps([])));
    }

    [Fact]
    public void A_plan_in_epochs_survives_the_round_trip_and_its_steps_follow_from_the_rows()
    {
        var plan = Unusual(PeftMethod.Lora);
        plan = plan with
        {
            Training = plan.Training with { Epochs = 1.5, BatchSize = 4, Rounds = 2 },
            Optimizer = plan.Optimizer with { WarmupSteps = 0, WarmupRatio = 0.1, ScheduleCycles = null },
            Clients = new ClientsSettings { Expected = 2 },
        };

        var back = PlanMessages.FromMessage(PlanMessages.ToMessage(plan, "1"));

        Assert.Equal(PlanFields.Of(plan), PlanFields.Of(back));
        Assert.Contains(("training.epochs", "1.5"), PlanFields.Of(back));
        Assert.Equal([5, 5, 2], new long[] { 9, 12, 1 }.Select(back.StepsPerRound));
        Assert.Equal(2 * (5 + 2), back.ServerSteps([9, 1]));
    }

    [Fact]
    public void A_plan_with_an_expression_of_targets_survives_the_round_trip()
    {
        var plan = Unusual(PeftMethod.Lora);
        plan = plan with { Peft = plan.Peft with { Lora = plan.Peft.Lora with { Targets = NamesOrText.OfText(".*_proj"), Layers = [] } } };

        Assert.Contains(("peft.lora.targets", ".*_proj"), PlanFields.Of(PlanMessages.FromMessage(PlanMessages.ToMessage(plan, "1"))));
    }

    [Fact]
    public void The_order_of_patterns_is_part_of_the_plan()
    {
        var plan = Unusual(PeftMethod.Lora);
        var swapped = plan with
        {
            Peft = plan.Peft with { Lora = plan.Peft.Lora with { RankPattern = new Dictionary<string, int> { [@"layers\.1\..*"] = 4, ["up_proj"] = 2 } } },
        };

        Assert.NotEqual(PlanFields.Of(plan), PlanFields.Of(swapped));
    }

    [Fact]
    public void A_plan_with_a_pattern_twice_or_out_of_range_is_malformed()
    {
        var message = PlanMessages.ToMessage(Unusual(PeftMethod.Lora), "1");
        message.Lora.RankPattern[0].Value = 1e20;
        Assert.Equal(FaultCode.Malformed, Assert.Throws<ProtocolException>(() => PlanMessages.FromMessage(message)).Code);
        message.Lora.RankPattern[0] = message.Lora.RankPattern[1];
        Assert.Equal(FaultCode.Malformed, Assert.Throws<ProtocolException>(() => PlanMessages.FromMessage(message)).Code);
    }

    [Fact]
    public void A_plan_that_lacks_a_part_is_malformed()
    {
        var message = PlanMessages.ToMessage(Unusual(PeftMethod.Lora), "1");
        message.Lora = null;

        Assert.Equal(FaultCode.Malformed, Assert.Throws<ProtocolException>(() => PlanMessages.FromMessage(message)).Code);
        Assert.Equal(FaultCode.Malformed, Assert.Throws<ProtocolException>(() => PlanMessages.FromMessage(new Plan())).Code);
    }

    [Fact]
    public void A_plan_with_values_out_of_range_is_malformed()
    {
        var message = PlanMessages.ToMessage(Unusual(PeftMethod.None), "1");
        message.Training.Steps = 0;

        Assert.Contains("steps", Assert.Throws<ProtocolException>(() => PlanMessages.FromMessage(message)).Message, StringComparison.Ordinal);
        message.Training.Steps = 1;
        message.Precision = 77;
        Assert.Contains("77", Assert.Throws<ProtocolException>(() => PlanMessages.FromMessage(message)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_clients_in_full_fine_tuning_get_a_notice_that_embedding_and_head_are_sent()
    {
        var plan = Unusual(PeftMethod.None);

        Assert.Contains(PlanNotices.Lines(plan), line => line.Contains("embedding and LM head", StringComparison.Ordinal));
        Assert.Empty(PlanNotices.Lines(plan with { Clients = new ClientsSettings() }));
    }

    [Fact]
    public void Several_clients_with_modules_that_train_whole_get_a_notice_of_them()
    {
        var plan = Unusual(PeftMethod.Lora);

        Assert.Contains(PlanNotices.Lines(plan), line => line.Contains("whole, lm_head and embed_tokens", StringComparison.Ordinal));
        Assert.Empty(PlanNotices.Lines(plan with { Clients = new ClientsSettings() }));
    }

    private static RunPlan Unusual(PeftMethod method) => new()
    {
        Architecture = "llama of a kind",
        Fingerprint = "abc",
        Split = new SplitSettings { Head = 2, Tail = 3 },
        Peft = new PeftSettings
        {
            Method = method,
            Lora = new LoraSettings
            {
                Rank = 3,
                Alpha = 7.5,
                Dropout = 0.1,
                Targets = ["up_proj", "k_proj"],
                Rslora = true,
                Layers = [2, 1],
                RankPattern = new Dictionary<string, int> { ["up_proj"] = 2, [@"layers\.1\..*"] = 4 },
                AlphaPattern = new Dictionary<string, double> { ["k_proj"] = 1.5 },
                ModulesToSave = ["lm_head", "embed_tokens"],
                Init = LoraInit.Gaussian,
            },
            Prefix = new PrefixSettings { Length = 9, Projection = true, ProjectionHidden = 11, Dropout = 0.2 },
        },
        Optimizer = new OptimizerSettings
        {
            Name = OptimizerName.AdamW, LearningRate = 1e-3, Beta1 = 0.8, Beta2 = 0.99, Epsilon = 1e-7, WeightDecay = 0.1,
            Schedule = LearningRateSchedule.Polynomial, WarmupSteps = 4, ClipNorm = 0.7, SchedulePower = 2, ScheduleEndRate = 1e-5, ScheduleCycles = 3,
        },
        Training = new TrainingSettings { Steps = 12, BatchSize = 5, Rounds = 3, Seed = -4 },
        Clients = new ClientsSettings { Expected = 6 },
        Serial = new SerialSettings { Handover = SerialHandover.Previous },
        Crypto = new CryptoSettings { RekeyEvery = 17 },
        Precision = ElementPrecision.BFloat16,
        AttentionDropout = 0.3,
        ShareMiddle = false,
    };
}
