using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Tests.Compute;

public sealed class NamedBlasTests
{
    [Fact]
    public void On_processors_that_MKL_has_no_kernels_for_another_library_is_named()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("FLGLM_BLAS") is { Length: > 0 }, "FLGLM_BLAS names one already");

        var hint = NamedBlas.Hint(new ComputeSettings(), isAmd: true, new HashSet<string> { "avx2", "avx512bw" });

        Assert.Contains("FLGLM_BLAS=libopenblas.so.0", hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ElementPrecision.Float32, "cpu", false, "avx512bw")]
    [InlineData(ElementPrecision.Float32, "cpu", true, "avx2")]
    [InlineData(ElementPrecision.Float32, "cpu", true)]
    [InlineData(ElementPrecision.Float32, "cuda:0", true, "avx512bw")]
    [InlineData(ElementPrecision.BFloat16, "cpu", true, "avx512bw")]
    public void Nothing_is_said_where_it_would_not_help(ElementPrecision dtype, string device, bool isAmd, params string[] flags) =>
        Assert.Null(NamedBlas.Hint(new ComputeSettings { Dtype = dtype, Device = device }, isAmd, flags.ToHashSet()));
}
