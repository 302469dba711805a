using FlGlm.Core.Configuration;

namespace FlGlm.Core.Tests.Configuration;

public sealed class ConfigWriterTests
{
    [Fact]
    public void What_is_written_reads_back_as_the_same_settings()
    {
        var settings = new SampleSettings
        {
            Model = new ModelSettings { Path = "a: #b, 'c' \"d\"\n~" },
            Peft = new PeftSettings { Method = PeftMethod.PTuningV2, Start = "null", Lora = new LoraSettings { Targets = [] } },
            Optimizer = new OptimizerSettings { Name = OptimizerName.AdamW, LearningRate = 0.1 + 0.2, Epsilon = double.Epsilon },
            Training = new TrainingSettings { Seed = long.MinValue },
            Output = new SampleOutput { Name = "", Scale = 1f / 3, Dtype = ElementPrecision.BFloat16, Sizes = [7, 8, 9] },
        };

        var read = ConfigText.Load(ConfigWriter.Write(settings)).Settings;

        Assert.Equal(settings.Model, read.Model);
        Assert.Equal(settings.Peft.Prefix, read.Peft.Prefix);
        Assert.Equal((settings.Peft.Method, settings.Peft.Start), (read.Peft.Method, read.Peft.Start));
        Assert.True(read.Peft.Lora.Targets.IsEmpty);
        Assert.Equal(settings.Optimizer, read.Optimizer);
        Assert.Equal(settings.Training, read.Training);
        Assert.Equal(settings.Output with { Sizes = read.Output.Sizes }, read.Output);
        Assert.Equal(settings.Output.Sizes, read.Output.Sizes);
    }

    [Fact]
    public void LoRAs_targets_and_patterns_read_back_in_their_order()
    {
        var lora = new LoraSettings
        {
            Targets = NamesOrText.OfText(@".*\.(q|v)_proj: [#'\d]"),
            Layers = [3, 1],
            RankPattern = new OrderedDictionary<string, int> { [@"layers\.0\..*"] = 2, ["a: b, {c}"] = 3, ["1"] = 4 },
            AlphaPattern = new Dictionary<string, double> { ["q_proj"] = 0.1 },
            ModulesToSave = ["lm_head"],
            Init = LoraInit.Gaussian,
        };
        var settings = new SampleSettings { Model = new ModelSettings { Path = "tiny" }, Peft = new PeftSettings { Method = PeftMethod.None, Lora = lora } };

        var read = ConfigText.Load(ConfigWriter.Write(settings)).Settings.Peft.Lora;

        Assert.Equal((lora.Targets.Text, lora.Init), (read.Targets.Text, read.Init));
        Assert.Equal(lora.Layers, read.Layers);
        Assert.Equal(lora.RankPattern.ToArray(), [.. read.RankPattern]);
        Assert.Equal(lora.AlphaPattern.ToArray(), [.. read.AlphaPattern]);
        Assert.Equal(lora.ModulesToSave, read.ModulesToSave);
    }

    [Fact]
    public void LoRAs_targets_are_a_list_or_one_text()
    {
        var lora = "peft: {method: none, lora: {targets: ";

        Assert.Equal(["q_proj"], ConfigText.Load(ConfigText.Minimal + lora + "[q_proj]}}").Settings.Peft.Lora.Targets.Names);
        Assert.Equal("all-linear", ConfigText.Load(ConfigText.Minimal + lora + "all-linear}}").Settings.Peft.Lora.Targets.Text);
        Assert.Equal(@".*\.q_proj", ConfigText.Load(ConfigText.Minimal, @"peft.lora.targets=.*\.q_proj", "peft.method=none").Settings.Peft.Lora.Targets.Text);
        Assert.Equal(4, ConfigText.Load(ConfigText.Minimal, "peft.lora.rank_pattern={q_proj: 4}").Settings.Peft.Lora.RankPattern["q_proj"]);
    }

    [Fact]
    public void Every_key_is_written_in_its_section() =>
        Assert.Equal(
            """
            quiet: false
            name: run
            scale: 0.1
            dtype: float32
            limit: auto
            sizes: [1, 2]

            """,
            ConfigWriter.Write(new SampleOutput()));

    [Fact]
    public void A_list_that_is_not_set_is_auto_and_reads_back_so()
    {
        Assert.Equal("sizes: auto\nnames: []\n", ConfigWriter.Write(new Lists()));
        Assert.Null(ConfigFile.Load<Lists>(null, ["sizes=auto"]).Settings.Sizes);
        Assert.Equal([], ConfigFile.Load<Lists>(null, ["sizes=[]"]).Settings.Sizes);
        Assert.Equal(["auto"], ConfigFile.Load<Lists>(null, ["names=auto"]).Settings.Names);
    }

    [Fact]
    public void Differences_are_keys_with_both_values()
    {
        var settings = new SampleSettings();
        Assert.Empty(ConfigWriter.Differences(settings, new SampleSettings()));
        Assert.Equal(
            [("optimizer.learning_rate", "0.5", "0.25")],
            ConfigWriter.Differences(
                settings with { Optimizer = new OptimizerSettings { LearningRate = 0.5 } }, settings with { Optimizer = new OptimizerSettings { LearningRate = 0.25 } }));
        Assert.Equal([("sizes", "auto", "[1, 2]")], ConfigWriter.Differences(new Lists(), new Lists { Sizes = [1, 2] }));
    }

    private sealed record Lists
    {
        public IReadOnlyList<int>? Sizes { get; init; }

        public IReadOnlyList<string> Names { get; init; } = [];
    }
}
