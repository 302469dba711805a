using System.Text;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Configuration;

public sealed class ConfigFileTests
{
    [Fact]
    public void Values_of_every_kind_are_read()
    {
        var settings = ConfigText.Load("""
            # a comment
            model:
              path: "models/tiny llama"
            peft:
              method: p_tuning_v2   # an enum in words
              lora: {rank: 4, targets: [q_proj, "k_proj"]}
            optimizer: {name: adamw, learning_rate: 1e-3, schedule: linear}
            training: {steps: 20, seed: 5000000000}
            output: {quiet: true, scale: 0.25, dtype: bfloat16, limit: 0.5, sizes: [3]}
            """).Settings;

        Assert.Equal("models/tiny llama", settings.Model.Path);
        Assert.Equal(PeftMethod.PTuningV2, settings.Peft.Method);
        Assert.Equal(4, settings.Peft.Lora.Rank);
        Assert.Equal(["q_proj", "k_proj"], settings.Peft.Lora.Targets.Names);
        Assert.Equal((OptimizerName.AdamW, 1e-3, LearningRateSchedule.Linear), (settings.Optimizer.Name, settings.Optimizer.LearningRate, settings.Optimizer.Schedule));
        Assert.Equal((20, 5_000_000_000L), (settings.Training.Steps, settings.Training.Seed));
        Assert.Equal((true, 0.25f, ElementPrecision.BFloat16), (settings.Output.Quiet, settings.Output.Scale, settings.Output.Dtype));
        Assert.Equal([3], settings.Output.Sizes);
        Assert.Equal(0.5, settings.Output.Limit);
    }

    [Fact]
    public void What_is_not_written_keeps_its_default()
    {
        var settings = ConfigText.Load(ConfigText.Minimal + "peft: {lora: {rank: 4}}\noutput:\n").Settings;

        Assert.Equal(new LoraSettings().Alpha, settings.Peft.Lora.Alpha);
        Assert.Equal(new OptimizerSettings(), settings.Optimizer);
        Assert.Equal("run", settings.Output.Name);
    }

    [Theory]
    [InlineData("lora", PeftMethod.Lora)]
    [InlineData("p_tuning_v2", PeftMethod.PTuningV2)]
    [InlineData("p-tuning-v2", PeftMethod.PTuningV2)]
    [InlineData("P_Tuning_V2", PeftMethod.PTuningV2)]
    [InlineData("none", PeftMethod.None)]
    public void A_peft_method_goes_by_its_published_name(string word, PeftMethod method) =>
        Assert.Equal(method, ConfigText.Load(ConfigText.Minimal + $"peft: {{method: {word}}}").Settings.Peft.Method);

    [Theory]
    [InlineData("peft: {lora: {rnak: 3}}", "run.yaml:2: peft.lora.rnak: unknown key; did you mean 'rank'?")]
    [InlineData("trainnig: {steps: 3}", "run.yaml:2: trainnig: unknown key; did you mean 'training'?")]
    [InlineData("rank: 3", "run.yaml:2: rank: unknown key; did you mean 'peft.lora.rank'?")]
    [InlineData("output: {zebra: 3}", "run.yaml:2: output.zebra: unknown key; known here: quiet, name, scale, dtype, limit, sizes.")]
    [InlineData("training: {steps: many}", "run.yaml:2: training.steps: 'many' does not fit; a whole number.")]
    [InlineData("training: {steps: 1.5}", "run.yaml:2: training.steps: '1.5' does not fit; a whole number.")]
    [InlineData("training: {steps: }", "run.yaml:2: training.steps: has no value; a whole number, or drop the line for the default (100).")]
    [InlineData("training: {steps: [1]}", "run.yaml:2: training.steps: takes one value, a whole number.")]
    [InlineData("optimizer: {learning_rate: 0,1}", "run.yaml:2: optimizer.1: unknown key")]
    [InlineData("output: {limit: low}", "run.yaml:2: output.limit: 'low' does not fit; a number.")]
    [InlineData("output: {quiet: yes}", "run.yaml:2: output.quiet: 'yes' does not fit; true or false.")]
    [InlineData("optimizer: {name: lion}", "run.yaml:2: optimizer.name: 'lion' does not fit; one of adam, adamw, sgd.")]
    [InlineData("peft: {lora: {targets: {a: b}}}", "run.yaml:2: peft.lora.targets: is a list of names or one text; write it [a, b] or 'text'.")]
    [InlineData("peft: {lora: {targets: }}", "run.yaml:2: peft.lora.targets: is a list of names or one text; write it [a, b] or 'text'.")]
    [InlineData("peft: {lora: {layers: {a: 3}}}", "run.yaml:2: peft.lora.layers: is a list; write it [a, b].")]
    [InlineData("peft: {lora: {rank_pattern: 3}}", "run.yaml:2: peft.lora.rank_pattern: holds names with a whole number each; write it {name: value}.")]
    [InlineData("peft: {lora: {rank_pattern: {q_proj: few}}}", "run.yaml:2: peft.lora.rank_pattern.q_proj: 'few' does not fit; a whole number.")]
    [InlineData("peft: {lora: {init: pissa}}", "run.yaml:2: peft.lora.init: 'pissa' does not fit; one of kaiming, gaussian.")]
    [InlineData("peft: {lora: {targets: '(q_proj'}}", "run.yaml:2: peft.lora.targets: '(q_proj' is no regular expression: ")]
    [InlineData("peft: {lora: {targets: '.*q_proj', layers: [1]}}", "run.yaml:2: peft.lora.layers: goes with a list of targets; name the blocks in the regular expression instead.")]
    [InlineData("peft: {lora: {layers: [-1]}}", "run.yaml:2: peft.lora.layers: -1 is no block; they are counted from 0.")]
    [InlineData("peft: {lora: {rank_pattern: {q_proj: 0}}}", "run.yaml:2: peft.lora.rank_pattern: 0 is no rank; 1 or more.")]
    [InlineData("peft: {lora: {alpha_pattern: {q_proj: 0}}}", "run.yaml:2: peft.lora.alpha_pattern: 0 is no scale; more than 0.")]
    [InlineData("peft: {lora: {alpha_pattern: {'q[': 1}}}", "run.yaml:2: peft.lora.alpha_pattern: 'q[' is no regular expression: ")]
    [InlineData("output: {sizes: [1, two]}", "run.yaml:2: output.sizes: 'two' does not fit; a whole number.")]
    [InlineData("output: loud", "run.yaml:2: output: is a section; its keys (quiet, name, scale, dtype, limit, sizes) go below it.")]
    [InlineData("output: {name: a, name: b}", "run.yaml:2: output.name: is written twice (first at run.yaml:2); keep one.")]
    [InlineData("model: {path: other}", "run.yaml:2: model: is written twice (first at run.yaml:1); keep one.")]
    [InlineData("output: &a {name: x}\ntraining: *a", "run.yaml:3: training: an alias (*a) is not read here; write the value out.")]
    [InlineData("output: {name: [}", "run.yaml:2: this is no YAML: ")]
    [InlineData("---\ntraining: {steps: 3}", "run.yaml:2: a second YAML document begins here; a configuration is one.")]
    [InlineData("training: {steps: 0}", "run.yaml:2: training.steps: 0 trains nothing; 1 or more.")]
    public void A_mistake_is_named_with_its_line_and_its_cure(string line, string problem) =>
        Assert.StartsWith(problem, ConfigText.Problems(ConfigText.Minimal + line)[0], StringComparison.Ordinal);

    [Fact]
    public void A_default_that_cannot_stay_is_a_problem_of_the_file() =>
        Assert.Equal(["run.yaml: model.path: names no model; a checkpoint directory with config.json and weights."], ConfigText.Problems("training: {steps: 1}"));

    [Fact]
    public void Every_problem_is_reported_at_once()
    {
        var problems = ConfigText.Problems(
            """
            modle: {path: tiny}
            training:
              steps: no
              steps: 3
              rounds: 0
            peft: {lora: {rank: 0, alpha: -1}}
            """,
            "optimizer.betta1=0.5");

        Assert.Equal(
            [
                "run.yaml:4: training.steps", "run.yaml:1: modle", "run.yaml:3: training.steps", "--set optimizer.betta1=0.5: optimizer.betta1",
                "run.yaml: model.path", "run.yaml:6: peft.lora.rank", "run.yaml:6: peft.lora.alpha", "run.yaml:5: training.rounds",
            ],
            problems.Select(p => string.Join(": ", p.Split(": ")[..2])));
    }

    [Fact]
    public void Only_the_rules_of_the_sections_in_use_count()
    {
        var loaded = ConfigFile.Load<SampleSettings>(path: null, ["training.steps=3", "peft.lora.rank=0"], sections: ["training"]);
        Assert.Equal(3, loaded.Settings.Training.Steps);
    }

    [Fact]
    public void Rules_of_adapters_that_are_not_used_do_not_count() =>
        Assert.Equal(0, ConfigText.Load(ConfigText.Minimal + "peft: {method: none, lora: {rank: 0}}").Settings.Peft.Lora.Rank);

    [Fact]
    public void An_empty_file_is_all_defaults() =>
        Assert.Equal(42, ConfigText.Load("", "model.path=tiny").Settings.Training.Seed);

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var e = Assert.Throws<ConfigurationException>(() => ConfigFile.Load<SampleSettings>("no/such.yaml", []));
        Assert.Equal("no/such.yaml: cannot be read (DirectoryNotFoundException); name a YAML file with --config.", e.Message);
    }

    [Fact]
    public void A_file_of_another_shape_is_refused() =>
        Assert.Contains("run.yaml:1: holds no keys; a configuration reads `section:` and `key: value` lines.", ConfigText.Problems("- a\n- b"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_in_UTF_16_with_its_byte_order_mark_is_read(bool bigEndian)
    {
        using var folder = new TempFolder();
        var encoding = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        var path = folder.Write("run.yaml", [.. encoding.GetPreamble(), .. encoding.GetBytes(ConfigText.Minimal + "training: {steps: 7}\n")]);

        Assert.Equal(7, ConfigFile.Load<SampleSettings>(path, []).Settings.Training.Steps);
    }
}
