using FlGlm.Client.Data;
using FlGlm.Client.Generation;
using FsCheck;
using FsCheck.Fluent;

namespace FlGlm.Client.Tests.Generation;

public sealed class TokenSamplerTests
{
    private static readonly Config Checked = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20240501, 7);

    /// <summary>Logits of 1 to 60 tokens, some of them equal, some forbidden, and a probability to reach.</summary>
    private static readonly Arbitrary<(float[] Logits, double TopP)> Cases = (
        from first in Gen.Choose(-20, 20)
        from others in Gen.Frequency((9, Gen.Choose(-20, 20).Select(tenths => tenths / 4f)), (1, Gen.Constant(float.NegativeInfinity))).ArrayOf()
        from percent in Gen.Choose(1, 100)
        select ((float[])[first / 4f, .. others], percent / 100d)).ToArbitrary();

    public static TheoryData<int, double, int[]> Kept => new()
    {
        { 0, 1, [0, 1, 2, 3, 4] },
        { 9, 1, [0, 1, 2, 3, 4] },
        { 1, 1, [2] },
        { 2, 1, [1, 2, 3] },
        { 3, 1, [1, 2, 3] },
        { 0, 0.39, [2] },
        { 0, 0.61, [1, 2, 3] },
        { 0, 0.79, [1, 2, 3] },
        { 0, 0.95, [1, 2, 3, 4] },
        { 0, 1e-9, [2] },
        { 3, 0.49, [2] },
        { 1, 0.9, [2] },
    };

    [Theory]
    [MemberData(nameof(Kept))]
    public void Top_k_keeps_equals_and_top_p_counts_what_top_k_left(int topK, double topP, int[] expected)
    {
        float[] logits = [.. new[] { 0.04, 0.2, 0.4, 0.2, 0.16 }.Select(p => (float)Math.Log(p)), float.NaN, float.NegativeInfinity];

        Assert.Equal(expected, new TokenSampler(1, topK, topP).Keep(logits).ToArray().Order());
    }

    [Fact]
    public void Top_p_keeps_the_smallest_set_that_reaches_it() => Prop.ForAll(Cases, drawn =>
    {
        var (logits, topP) = drawn;
        var kept = new TokenSampler(1, topK: 0, topP).Keep(logits).ToArray();
        var weights = logits.Select(logit => Math.Exp(logit)).ToArray();
        var total = weights.Sum();
        var mass = kept.Sum(token => weights[token]) / total;
        var least = kept.Min(token => weights[token]);

        Assert.Equal(kept.Length, kept.Distinct().Count());
        Assert.True(mass >= topP - 1e-6, $"{mass} does not reach {topP}");
        Assert.True(kept.Length == 1 || mass - (least / total) < topP + 1e-6, $"{mass} reaches {topP} without its least token");
        Assert.All(Enumerable.Range(0, logits.Length).Except(kept), token => Assert.True(topP == 1 || weights[token] <= least));
    }).Check(Checked);

    [Fact]
    public void Only_what_is_kept_is_drawn() => Prop.ForAll(Cases, drawn =>
    {
        var sampler = new TokenSampler(0.7, topK: 5, drawn.TopP);
        var kept = sampler.Keep(drawn.Logits).ToArray();
        var random = new SplitMix64(kept.Length);

        Assert.All(Enumerable.Range(0, 20), _ => Assert.Contains(sampler.Draw(drawn.Logits, random)!.Value, kept));
    }).Check(Checked);

    [Theory]
    [InlineData(1, 0, 1, new[] { 0.1, 0.2, 0.3, 0.4 })]
    [InlineData(1, 2, 1, new[] { 0, 0, 3 / 7d, 4 / 7d })]
    [InlineData(1, 0, 0.8, new[] { 0, 2 / 9d, 3 / 9d, 4 / 9d })]
    [InlineData(0.5, 0, 1, new[] { 1 / 30d, 4 / 30d, 9 / 30d, 16 / 30d })]
    [InlineData(0.001, 0, 1, new[] { 0, 0, 0, 1d })]
    public void Tokens_are_drawn_as_often_as_their_probability_says(double temperature, int topK, double topP, double[] expected)
    {
        const int Draws = 20_000;
        float[] logits = [.. new[] { 0.1, 0.2, 0.3, 0.4 }.Select(p => (float)(Math.Log(p) + 50)), float.NaN];
        var sampler = new TokenSampler(temperature, topK, topP);
        var random = new SplitMix64(11);
        var drawn = new int[4];
        for (var draw = 0; draw < Draws; draw++)
            drawn[sampler.Draw(logits, random)!.Value]++;

        Assert.All(expected.Zip(drawn), pair => Assert.Equal(pair.First, pair.Second / (double)Draws, 0.015));
    }

    [Fact]
    public void Infinitely_likely_tokens_share_the_draws() =>
        Assert.Equal([1, 3], Draws([0, float.PositiveInfinity, 3, float.PositiveInfinity]).Distinct().Order());

    [Fact]
    public void Nothing_is_drawn_where_no_logit_is_a_number() => Assert.Equal([null], Draws([float.NaN, float.NegativeInfinity]).Distinct());

    private static List<int?> Draws(float[] logits)
    {
        var sampler = new TokenSampler(1, topK: 3, topP: 0.9);
        var random = new SplitMix64(5);
        return [.. Enumerable.Range(0, 50).Select(_ => sampler.Draw(logits, random))];
    }
}
