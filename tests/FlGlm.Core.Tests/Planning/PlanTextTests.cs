using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;

namespace FlGlm.Core.Tests.Planning;

public sealed class PlanTextTests
{
    public static TheoryData<PeftMethod> Methods => [.. Enum.GetValues<PeftMethod>()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_plan_survives_the_round_trip(PeftMethod method)
    {
        var plan = Unusual(method);

        var text = PlanText.Write(plan);
        var back = PlanText.Read(text);

        Assert.Equal(text, PlanText.Write(back));
        Assert.Equal((plan.RunId, plan.Architecture, plan.Fingerprint), (back.RunId, back.Architecture, back.Fingerprint));
        Assert.Equal(
            (plan.Split, plan.Optimizer, plan.Training, plan.Serial, plan.Crypto, plan.Precision, plan.ShareMiddle, plan.ServerSteps([])),
            (back.Split, back.Optimizer, back.Training, back.Serial, back.Crypto, back.Precision, back.ShareMiddle, back.ServerSteps([])));
        Assert.Equal(plan.Clients.Names, back.Clients.Names);
    }

    /// <summary>Every property of every settings record in the plan, with no list of them anywhere.</summary>
    [Fact]
    public void Every_key_is_in_the_text_of_some_method()
    {
        var written = Enum.GetValues<PeftMethod>().Select(Unusual).Append(InEpochs()).Append(AtTheSameTime()).Append(InOneBatch()).SelectMany(plan => PlanText.Fields(plan)).Select(field => field.Key).ToHashSet();

        Assert.Equal(ConfigKeys.Of(typeof(RunPlan)).Order(), written.Order());
    }

    [Fact]
    public void Keys_are_those_of_the_configuration()
    {
        var text = PlanText.Write(Unusual(PeftMethod.Lora));

        Assert.Contains("\npeft.lora.rank: 3\n", text, StringComparison.Ordinal);
        Assert.Contains("\npeft.lora.targets: [k_proj, up_proj]\n", text, StringComparison.Ordinal);
        Assert.Contains("\npeft.lora.rank_pattern: {up_proj: 2, layers\\.1\\..*: 4}\n", text, StringComparison.Ordinal);
        Assert.Contains("\noptimizer.learning_rate: 0.001\n", text, StringComparison.Ordinal);
        Assert.Contains("\ntraining.strategy: serial\n", text, StringComparison.Ordinal);
        Assert.Contains("\ntraining.accumulate: 2\ntraining.micro_batches: 3\n", text, StringComparison.Ordinal);
        Assert.Contains("\ncompute.dtype: bfloat16\n", text, StringComparison.Ordinal);
        Assert.Contains("\nserver.share_middle: false\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("peft.prefix", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_with_marks_of_YAML_survive_the_round_trip()
    {
        string[] expressions = [".*_proj", @"a, b] # {c}: 'd' ""e""", "~", "null", "12", "a\nb", new string('x', 300) + " y"];
        foreach (var expression in expressions)
        {
            var plan = WithLora(lora => lora with { Targets = NamesOrText.OfNames([expression]), Layers = [] });

            Assert.Equal([expression], PlanText.Read(PlanText.Write(plan)).Peft.Lora.Targets.Names);
            Assert.Equal(PlanText.Write(plan).Split('\n').Length, PlanText.Write(WithLora(lora => lora)).Split('\n').Length);
        }
    }

    [Fact]
    public void An_expression_of_targets_stays_an_expression()
    {
        var plan = WithLora(lora => lora with { Targets = NamesOrText.OfText(".*_proj"), Layers = [] });

        Assert.Equal(".*_proj", PlanText.Read(PlanText.Write(plan)).Peft.Lora.Targets.Text);
    }

    [Fact]
    public void The_path_of_an_adapter_is_not_in_the_text()
    {
        var plan = WithLora(lora => lora);
        plan = plan with { Peft = plan.Peft with { Start = "/home/server/adapter" } };

        Assert.DoesNotContain("/home", PlanText.Write(plan), StringComparison.Ordinal);
        Assert.Equal("an adapter", PlanText.Read(PlanText.Write(plan)).Peft.Start);
    }

    [Fact]
    public void A_plan_in_epochs_survives_the_round_trip_and_its_steps_follow_from_the_rows()
    {
        var back = PlanText.Read(PlanText.Write(InEpochs()));

        Assert.Equal((1.5, 4, 2), (back.Training.Epochs, back.Training.BatchSize, back.Training.Accumulate));
        Assert.DoesNotContain("training.steps", PlanText.Write(back), StringComparison.Ordinal);
        Assert.Equal([3, 3, 2], new long[] { 9, 12, 1 }.Select(back.StepsPerRound));
        Assert.Equal(2 * (3 + 2), back.ServerSteps([9, 1]));
    }

    [Fact]
    public void The_order_of_patterns_is_part_of_the_plan_and_that_of_targets_is_not()
    {
        var plan = Unusual(PeftMethod.Lora);
        var patterns = WithLora(lora => lora with { RankPattern = new Dictionary<string, int> { [@"layers\.1\..*"] = 4, ["up_proj"] = 2 } });
        var lists = WithLora(lora => lora with { Targets = ["k_proj", "up_proj"], Layers = [1, 2], ModulesToSave = ["embed_tokens", "lm_head"] });

        Assert.NotEqual(PlanText.Write(plan), PlanText.Write(patterns));
        Assert.Equal(PlanText.Write(plan), PlanText.Write(lists));
    }

    [Theory]
    [InlineData("peft.lora.rank: 3\n", "", "peft.lora.rank")]
    [InlineData("peft.lora.rank: 3", "peft.lora.rank: 3\npeft.lora.rank: 3", "twice")]
    [InlineData("peft.lora.rank: 3", "peft.lora.rank: many", "many")]
    [InlineData("peft.lora.rank: 3", "peft.lora.rank: 0", "peft.lora.rank")]
    [InlineData("peft.lora.rank: 3", "peft.lora.rank: 3, 4", "no value of peft.lora.rank")]
    [InlineData("peft.lora.rank: 3", "peft.lora.rank: [", "peft.lora.rank")]
    [InlineData("peft.lora.rank: 3", "peft.lora.rank: 3 # three", "YAML")]
    [InlineData("peft.lora.rank: 3", "peft.lora.rank:3", "no `key: value`")]
    [InlineData("peft.lora.rank: 3", "peft.lora: {rank: 3}", "peft.lora.rank")]
    [InlineData("up_proj: 2", "up_proj: 2, up_proj: 3", "twice")]
    [InlineData("up_proj: 2", "up_proj: 1e20", "1e20")]
    [InlineData("training.steps: 12", "training.steps: 0", "training.steps")]
    [InlineData("compute.dtype: bfloat16", "compute.dtype: int4", "int4")]
    [InlineData("llama", "lla\u001bma", "control characters")]
    [InlineData("run_id: ", "run_id: 12", "run_id")]
    public void A_text_that_is_no_plan_is_malformed(string old, string replacement, string why)
    {
        var text = PlanText.Write(Unusual(PeftMethod.Lora));
        Assert.Contains(old, text, StringComparison.Ordinal);

        AssertMalformed(text.Replace(old, replacement, StringComparison.Ordinal), why);
    }

    [Fact]
    public void A_text_that_is_too_much_is_malformed()
    {
        AssertMalformed("", "lacks");
        AssertMalformed(new string('a', 70_000), "longer than");
        AssertMalformed(string.Concat(Enumerable.Range(0, 1001).Select(n => $"k{n}: 1\n")), "more than 1000 keys");
        AssertMalformed("clients.names: " + new string('[', 30_000) + new string(']', 30_000), "nested");
    }

    [Fact]
    public void Keys_that_this_build_does_not_know_are_left_out() =>
        Assert.Equal(3, PlanText.Read(PlanText.Write(Unusual(PeftMethod.Lora)) + "optimizer.nesterov: true\n").Peft.Lora.Rank);

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

    private static void AssertMalformed(string text, string why)
    {
        var error = Assert.Throws<ProtocolException>(() => PlanText.Read(text));
        Assert.Equal(FaultCode.Malformed, error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 400, error.Message);
    }

    private static RunPlan AtTheSameTime()
    {
        var plan = Unusual(PeftMethod.Lora);
        return plan with { Training = plan.Training with { Strategy = StrategyName.ServerHierarchical, AveragePeriod = 7 } };
    }

    private static RunPlan InOneBatch()
    {
        var plan = Unusual(PeftMethod.Lora);
        return plan with
        {
            Training = plan.Training with { Strategy = StrategyName.ClientBatch, AverageWeights = AverageWeights.Uniform, AverageMoments = AverageMoments.Reset },
            ClientBatch = new ClientBatchSettings { Products = BatchProducts.Apart, Weights = BatchWeights.Targets },
        };
    }

    private static RunPlan InEpochs()
    {
        var plan = Unusual(PeftMethod.Lora);
        return plan with
        {
            Training = plan.Training with { Epochs = 1.5, BatchSize = 4, Rounds = 2 },
            Optimizer = plan.Optimizer with { WarmupSteps = 0, WarmupRatio = 0.1, ScheduleCycles = null },
            Clients = new ClientsSettings { Expected = 2 },
        };
    }

    private static RunPlan WithLora(Func<LoraSettings, LoraSettings> change)
    {
        var plan = Unusual(PeftMethod.Lora);
        return plan with { Peft = plan.Peft with { Lora = change(plan.Peft.Lora) } };
    }

    internal static RunPlan Unusual(PeftMethod method) => new()
    {
        RunId = "0123456789abcdef0123456789abcdef",
        Architecture = "llama blocks=7 hidden=16",
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
        Training = new TrainingSettings { Steps = 12, BatchSize = 5, Accumulate = 2, MicroBatches = 3, Rounds = 3, Seed = -4, AttentionDropout = 0.3 },
        Clients = new ClientsSettings { Expected = 2, Names = ["beech", "ash"] },
        Serial = new SerialSettings { Handover = SerialHandover.Previous },
        Crypto = new CryptoSettings { RekeyEvery = 17 },
        Precision = ElementPrecision.BFloat16,
        ShareMiddle = false,
    };
}
