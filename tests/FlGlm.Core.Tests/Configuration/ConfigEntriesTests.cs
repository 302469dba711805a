using FlGlm.Core.Configuration;

namespace FlGlm.Core.Tests.Configuration;

public sealed class ConfigEntriesTests
{
    private static readonly IReadOnlyDictionary<string, ConfigEntry> Entries = Of();

    [Fact]
    public void Every_key_of_the_settings_has_an_entry_in_their_order() =>
        Assert.Equal(ConfigKeys.Of(typeof(SampleSettings)), ConfigEntries.Of(new LoadedConfig<SampleSettings>(new SampleSettings(), [])).Select(entry => entry.Key));

    [Fact]
    public void A_value_of_a_file_or_an_override_says_where_it_comes_from()
    {
        var entries = Of(ConfigText.Minimal + "training: {steps: 20, rounds: 2}", "training.rounds=3");

        Assert.Equal(("20", "100"), (entries["training.steps"].Value, entries["training.steps"].Default));
        Assert.EndsWith(".yaml:2", entries["training.steps"].Where, StringComparison.Ordinal);
        Assert.Equal(("3", "1", "--set training.rounds=3"), (entries["training.rounds"].Value, entries["training.rounds"].Default, entries["training.rounds"].Where));
        Assert.Equal(("1", null), (entries["training.batch_size"].Value, entries["training.batch_size"].Where));
    }

    [Theory]
    [InlineData("training.batch_size", "a whole number; 1 or more")]
    [InlineData("training.micro_batches", "a whole number; 1 to 16")]
    [InlineData("optimizer.learning_rate", "a number, or auto; more than 0")]
    [InlineData("optimizer.beta1", "a number; 0 up to, not including, 1")]
    [InlineData("peft.lora.rslora", "true or false")]
    [InlineData("peft.lora.targets", "a list of names, or one text")]
    [InlineData("peft.lora.rank_pattern", "names with a whole number each")]
    [InlineData("peft.lora.layers", "a list (each: a whole number); they are counted from 0")]
    [InlineData("peft.method", "one of lora, p_tuning_v2, none")]
    public void A_key_takes_what_its_type_and_its_validation_say(string key, string takes) => Assert.Equal(takes, Entries[key].Takes);

    [Theory]
    [InlineData("training.steps", "steps")]
    [InlineData("training.batch_size", "rows")]
    [InlineData("training.epochs", "epochs")]
    [InlineData("training.seed", "")]
    [InlineData("optimizer.learning_rate", "")]
    [InlineData("model.path", "")]
    public void A_number_has_the_unit_that_its_summary_begins_with(string key, string unit) => Assert.Equal(unit, Entries[key].Unit);

    [Fact]
    public void A_summary_is_plain_text_with_keys_and_words_as_they_are_typed()
    {
        Assert.StartsWith("Learning rate. auto depends on peft.method: 2e-2 for P-tuning v2", Entries["optimizer.learning_rate"].Summary, StringComparison.Ordinal);
        Assert.EndsWith("0 = training.steps.", Entries["training.epochs"].Summary, StringComparison.Ordinal);
        Assert.Equal(["serial", "client_batch", "server_hierarchical"], Entries["training.strategy"].Words.Select(word => word.Key));
        Assert.Equal("With one client until its turn ends, then with the next.", Entries["training.strategy"].Words[0].Value);
    }

    private static IReadOnlyDictionary<string, ConfigEntry> Of(string yaml = ConfigText.Minimal, params string[] overrides) =>
        ConfigEntries.Of(ConfigText.Load(yaml, overrides)).ToDictionary(entry => entry.Key);
}
