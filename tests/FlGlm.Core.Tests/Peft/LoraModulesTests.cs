using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;

namespace FlGlm.Core.Tests.Peft;

/// <summary>PEFT's rules for the modules of a LoRA adapter.</summary>
public sealed class LoraModulesTests
{
    private const string Query = "model.layers.2.self_attn.q_proj";
    private const string Down = "model.layers.2.mlp.down_proj";

    [Theory]
    [InlineData("q_proj", true)]
    [InlineData("self_attn.q_proj", true)]
    [InlineData("model.layers.2.self_attn.q_proj", true)]
    [InlineData("_proj", false)]
    [InlineData("attn.q_proj", false)]
    public void A_name_in_a_list_is_the_end_of_a_modules_name(string target, bool adapted) =>
        Assert.Equal(adapted, Of(new LoraAdapterConfig { TargetModules = [target] }, Query) is not null);

    [Theory]
    [InlineData("all-linear", true)]
    [InlineData("ALL-LINEAR", true)]
    [InlineData("q_proj", false)]
    [InlineData(".*q_proj", true)]
    public void A_text_is_an_expression_of_the_whole_name_or_all_linear(string text, bool adapted) =>
        Assert.Equal(adapted, Of(new LoraAdapterConfig { TargetModules = NamesOrText.OfText(text) }, Query) is not null);

    [Theory]
    [InlineData("q_proj", "", true, 2)]
    [InlineData("q_proj", "", false, 1, 12)]
    [InlineData("q_proj", "layers", true, 2)]
    [InlineData("q_proj", "h", false, 2)]
    [InlineData(Query, "", true, 1)]
    public void Layers_select_blocks_but_of_modules_named_in_full(string target, string pattern, bool adapted, params int[] layers) => Assert.Equal(
        adapted,
        Of(new LoraAdapterConfig { TargetModules = [target], Layers = layers, LayersPattern = pattern.Length > 0 ? [pattern] : [] }, Query) is not null);

    [Fact]
    public void The_first_pattern_that_matches_gives_rank_and_alpha()
    {
        var config = new LoraAdapterConfig
        {
            Rank = 8,
            Alpha = 16,
            UseRslora = true,
            TargetModules = ["q_proj", "down_proj"],
            RankPattern = new Dictionary<string, int> { [@"layers\.2\..*q_proj"] = 2, ["q_proj"] = 3 },
            AlphaPattern = new Dictionary<string, double> { ["mlp.down_proj"] = 5, [@"layers\.2\..*"] = 6 },
        };

        Assert.Equal(new LoraSize(2, 6, true), Of(config, Query));
        Assert.Equal(new LoraSize(3, 16, true), Of(config, Query.Replace(".2.", ".0.", StringComparison.Ordinal)));
        Assert.Equal(new LoraSize(8, 5, true), Of(config, Down));
    }

    private static LoraSize? Of(LoraAdapterConfig config, string module) => new LoraModules(config).Of(module);
}
