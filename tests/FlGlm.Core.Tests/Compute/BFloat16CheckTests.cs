using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Tests.Compute;

public sealed class BFloat16CheckTests
{
    private static readonly ComputeSettings Brain = new() { Dtype = ElementPrecision.BFloat16 };

    [Fact]
    public void A_processor_without_the_instructions_is_warned_of_with_what_it_lacks()
    {
        var warning = BFloat16Check.Warning(Brain, new HashSet<string> { "fma", "avx512f", "avx512dq" });

        Assert.Contains("lacks avx512bw, avx512vl;", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ElementPrecision.BFloat16, "cpu", "avx512bw", "avx512vl", "avx512dq")]
    [InlineData(ElementPrecision.BFloat16, "cpu")]
    [InlineData(ElementPrecision.BFloat16, "cuda:0", "fma")]
    [InlineData(ElementPrecision.Float32, "cpu", "fma")]
    public void Nothing_is_said_where_nothing_is_slow_or_known(ElementPrecision dtype, string device, params string[] flags) =>
        Assert.Null(BFloat16Check.Warning(new ComputeSettings { Dtype = dtype, Device = device }, flags.ToHashSet()));
}
