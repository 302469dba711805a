using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace FlGlm.Torch.Tests;

public sealed class TrainingTests
{
    [Fact]
    public void A_small_network_learns_exclusive_or()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var hidden = nn.Parameter(randn(8, 2, generator: generator));
        var offset = nn.Parameter(zeros(8));
        var output = nn.Parameter(randn(1, 8, generator: generator));
        using var adam = optim.Adam([hidden, offset, output], lr: 0.05);
        var input = tensor(new float[] { 0, 0, 0, 1, 1, 0, 1, 1 }, [4, 2]);
        var target = tensor(new float[] { 0, 1, 1, 0 }, [4, 1]);

        var loss = 0f;
        for (var step = 0; step < 200; step++)
        {
            using var inner = NewDisposeScope();
            adam.zero_grad();
            var error = mse_loss(linear(linear(input, hidden, offset).tanh(), output), target);
            error.backward();
            adam.step();
            loss = error.ToSingle();
        }

        Assert.True(loss < 0.01, $"the loss is {loss}");
    }
}
