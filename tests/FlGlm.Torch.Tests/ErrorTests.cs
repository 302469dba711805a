using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace FlGlm.Torch.Tests;

public sealed class ErrorTests
{
    /// <summary>addmm, not matmul: with the real package a wrong matmul ends the process.</summary>
    [Fact]
    public void A_native_failure_is_one_line_and_the_process_lives()
    {
        using var scope = NewDisposeScope();
        var failure = Assert.ThrowsAny<ExternalException>(() => ones(2, 3).addmm(ones(2, 3), ones(2, 3)));
        Assert.Contains("cannot be multiplied", failure.Message);
        Assert.Equal(4f, ones(2, 2).sum().item<float>());
    }

    [BindingFact]
    public void A_wrong_product_names_both_shapes_on_one_line()
    {
        using var scope = NewDisposeScope();
        var failure = Assert.Throws<ExternalException>(() => ones(2, 3).matmul(ones(4, 5)));
        Assert.Contains("2x3 and 4x5", failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [BindingFact]
    public void Failures_of_every_form_are_thrown()
    {
        using var scope = NewDisposeScope();
        Assert.ThrowsAny<ExternalException>(() => ones(2).add_(ones(3)));
        Assert.ThrowsAny<ExternalException>(() => ones(2).topk(5));
        Assert.ThrowsAny<ExternalException>(() => ones(2).split([1, 2]));
        Assert.ThrowsAny<ExternalException>(() => ones(2).backward());
        Assert.ThrowsAny<ExternalException>(() => ones(2).view(3));
        Assert.ThrowsAny<ExternalException>(() => cat([ones(2), ones(2, 2)]));
    }

    [BindingFact]
    public void Memory_that_is_not_here_or_not_in_one_piece_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<InvalidOperationException>(() => ones(2, 3).t().bytes.Length);
        Assert.Throws<ArgumentException>(() => ones(2).bytes = new byte[7]);
        Assert.Throws<ArgumentException>(() => device("gpu"));
    }
}
