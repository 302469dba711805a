using FlGlm.Core.Configuration;

namespace FlGlm.Core.Tests.Configuration;

/// <summary>Expressions match as Python's <c>re</c> does.</summary>
public sealed class ModulePatternTests
{
    private const string Module = "model.layers.12.self_attn.q_proj";

    [Theory]
    [InlineData(@".*\.q_proj", true)]
    [InlineData("q_proj", false)]
    [InlineData(@"model\.layers\.12", false)]
    [InlineData(@"^model\.layers\.\d+\.self_attn\.(q|v)_proj$", true)]
    [InlineData(@"^(model(?=\.).*\.(q_proj|gate_proj))$", true)]
    [InlineData(@"(?!.*q_proj).*_proj", false)]
    [InlineData(@"(?P<part>model)\..*", true)]
    [InlineData(@"(?P<letter>l)ayers(?P=letter)", false)]
    [InlineData(@"mode(?P<letter>l)\.(?P=letter)ayers.*", true)]
    public void A_whole_name_must_match(string pattern, bool matches) => Assert.Equal(matches, ModulePattern.Whole(pattern).Matches(Module));

    [Theory]
    [InlineData("q_proj", true)]
    [InlineData("self_attn.q_proj", true)]
    [InlineData(@"layers\.12\..*", true)]
    [InlineData(@"^model\..*q_proj", true)]
    [InlineData("proj", false)]
    [InlineData("self_attn", false)]
    [InlineData(@"2\.self_attn\.q_proj", false)]
    [InlineData("k_proj|q_proj", true)]
    public void An_end_of_a_name_starts_at_a_dot(string key, bool matches) => Assert.Equal(matches, ModulePattern.End(key).Matches(Module));

    [Theory]
    [InlineData("(q_proj", "is no regular expression")]
    [InlineData("q++", "is no regular expression")]
    [InlineData("l{,3}", "means something else to PEFT; write {0,n}")]
    [InlineData("[a-z-[q]]", "means something else to PEFT; write the characters out")]
    public void What_is_invalid_or_would_match_otherwise_is_named(string pattern, string why) =>
        Assert.Contains(why, ModulePattern.Problem(pattern), StringComparison.Ordinal);

    /// <summary>With backtracking this would never end.</summary>
    [Fact(Timeout = 60_000)]
    public async Task Nested_repetitions_are_matched_in_linear_time()
    {
        var name = string.Concat(Enumerable.Repeat(Module, 100));

        Assert.False(await Task.Run(() => ModulePattern.Whole("(([a-z._0-9]+)+)+!").Matches(name), TestContext.Current.CancellationToken));
    }
}
