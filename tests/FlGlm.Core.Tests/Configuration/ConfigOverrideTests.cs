namespace FlGlm.Core.Tests.Configuration;

public sealed class ConfigOverrideTests
{
    [Fact]
    public void An_override_lies_on_top_and_is_echoed()
    {
        var loaded = ConfigText.Load(
            ConfigText.Minimal + "training: {steps: 100}",
            "training.steps=20", "peft.lora.targets=[q_proj, o_proj]", "output.name=a=b", "output.quiet = true");

        Assert.Equal(20, loaded.Settings.Training.Steps);
        Assert.Equal(["q_proj", "o_proj"], loaded.Settings.Peft.Lora.Targets.Names);
        Assert.Equal("a=b", loaded.Settings.Output.Name);
        Assert.True(loaded.Settings.Output.Quiet);
        Assert.Equal(
            ["training.steps = 20 (was 100)", "peft.lora.targets = [q_proj, o_proj]", "output.name = a=b", "output.quiet = true"],
            loaded.Overrides);
    }

    [Fact]
    public void The_last_override_of_a_key_wins() =>
        Assert.Equal(3, ConfigText.Load(ConfigText.Minimal, "training.steps=2", "training.steps=3").Settings.Training.Steps);

    [Fact]
    public void An_override_may_empty_a_text() =>
        Assert.Equal("", ConfigText.Load(ConfigText.Minimal, "output.name=").Settings.Output.Name);

    [Theory]
    [InlineData("training.steps", "--set training.steps: an override reads section.key=value.")]
    [InlineData("=3", "--set =3: an override reads section.key=value.")]
    [InlineData("training..steps=3", "--set training..steps=3: an override reads section.key=value.")]
    [InlineData("training.steps=x", "--set training.steps=x: training.steps: 'x' does not fit; a whole number.")]
    [InlineData("peft.lora.rnak=3", "--set peft.lora.rnak=3: peft.lora.rnak: unknown key; did you mean 'rank'?")]
    [InlineData("model.path.file=3", "--set model.path.file=3: model.path: holds a value, not keys of its own.")]
    [InlineData("training.steps=0", "--set training.steps=0: training.steps: 0 trains nothing; 1 or more.")]
    [InlineData("output.sizes=[1", "--set output.sizes=[1: this is no YAML: ")]
    public void A_wrong_override_is_refused(string text, string problem) =>
        Assert.StartsWith(problem, ConfigText.Problems(ConfigText.Minimal, text)[0], StringComparison.Ordinal);
}
