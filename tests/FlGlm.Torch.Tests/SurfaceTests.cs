using FlGlm.Testing;
using TorchSharp;

namespace FlGlm.Torch.Tests;

public sealed class SurfaceTests
{
    [BindingFact(needsShared: true)]
    public void Every_public_member_is_one_of_TorchSharps() =>
        Assert.Empty(PublicSurface.Foreign(typeof(torch).Assembly, SharedFolder.At("spec", "api", "TorchSharp-0.107.0.txt")));

    [BindingFact]
    public void The_comparison_sees_the_members() =>
        Assert.Contains("TorchSharp.torch+Tensor::Tensor matmul(Tensor target)", PublicSurface.Lines(typeof(torch).Assembly));
}
