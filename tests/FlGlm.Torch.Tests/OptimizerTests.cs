using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Torch.Tests;

/// <summary>Five steps on one number against the published update rules, written out in doubles.</summary>
public sealed class OptimizerTests : IDisposable
{
    private const double Rate = 0.1, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8, Decay = 0.01;
    private static readonly double[] Gradients = [0.5, -0.25, 2, 0, -1.5];

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Adam_follows_its_published_rule(bool decoupled)
    {
        var parameter = nn.Parameter(tensor(1.0));
        OptimizerHelper optimizer = decoupled
            ? optim.AdamW([parameter], lr: Rate, weight_decay: Decay)
            : optim.Adam([parameter], lr: Rate, weight_decay: Decay);
        using var owned = optimizer;
        double value = 1, mean = 0, square = 0;
        for (var step = 1; step <= Gradients.Length; step++)
        {
            parameter.grad = tensor(Gradients[step - 1]);
            optimizer.step();

            var gradient = Gradients[step - 1];
            if (decoupled) value *= 1 - (Rate * Decay);
            else gradient += Decay * value;
            mean = (Beta1 * mean) + ((1 - Beta1) * gradient);
            square = (Beta2 * square) + ((1 - Beta2) * gradient * gradient);
            var denominator = (Math.Sqrt(square) / Math.Sqrt(1 - Math.Pow(Beta2, step))) + Epsilon;
            value -= Rate / (1 - Math.Pow(Beta1, step)) * mean / denominator;
            Assert.Equal(value, parameter.item<double>(), 1e-14);
        }
    }

    [Fact]
    public void Adams_state_can_be_read()
    {
        var parameter = nn.Parameter(tensor(1.0));
        using var adam = optim.Adam([parameter], lr: Rate);
        parameter.grad = tensor(2.0);
        adam.step();
        var state = Assert.IsType<Adam.State>(Assert.Single(adam.state_dict().State));
        Assert.Equal(1, state.step);
        Assert.Equal(0.2, state.exp_avg.item<double>(), 1e-15);
        Assert.Equal(0.004, state.exp_avg_sq.item<double>(), 1e-15);
    }

    [Fact]
    public void Momentum_gathers_gradients()
    {
        var parameter = nn.Parameter(tensor(1.0));
        using var descent = optim.SGD([parameter], Rate, momentum: 0.5, weight_decay: Decay);
        double value = 1, momentum = 0;
        for (var step = 0; step < Gradients.Length; step++)
        {
            parameter.grad = tensor(Gradients[step]);
            descent.step();
            var gradient = Gradients[step] + (Decay * value);
            momentum = step == 0 ? gradient : (0.5 * momentum) + gradient;
            value -= Rate * momentum;
            Assert.Equal(value, parameter.item<double>(), 1e-14);
        }
    }

    [Fact]
    public void A_schedule_changes_the_learning_rate_of_the_groups()
    {
        var parameter = nn.Parameter(tensor(1.0));
        using var adam = optim.Adam([parameter], lr: 0.1);
        foreach (var group in adam.ParamGroups) group.LearningRate = group.InitialLearningRate / 10;
        parameter.grad = tensor(3.0);
        adam.step();
        Assert.Equal(0.99, parameter.item<double>(), 1e-6);
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays()
    {
        var parameter = nn.Parameter(tensor(1.0));
        var moved = nn.Parameter(tensor(1.0));
        using var adam = optim.Adam([parameter, moved], lr: Rate);
        moved.grad = tensor(1.0);
        adam.step();
        adam.zero_grad();
        Assert.Equal(1.0, parameter.item<double>());
        Assert.NotEqual(1.0, moved.item<double>());
        Assert.Equal(0.0, moved.grad!.item<double>());
    }

    [Fact]
    public void A_step_leaves_nothing_in_the_scope()
    {
        var parameter = nn.Parameter(tensor(1.0));
        using var adam = optim.Adam([parameter], lr: Rate);
        parameter.grad = tensor(1.0);
        var before = _scope.DisposablesCount;
        adam.step();
        adam.zero_grad();
        Assert.Equal(before, _scope.DisposablesCount);
    }

    [Fact]
    public void Clipping_scales_the_joint_norm()
    {
        var first = nn.Parameter(tensor(0f));
        var second = nn.Parameter(tensor(0f));
        first.grad = tensor(3f);
        second.grad = tensor(4f);
        Assert.Equal(5, nn.utils.clip_grad_norm_([first, second], max_norm: 1), 1e-6);
        Assert.Equal(0.6f, first.grad!.item<float>(), 1e-6f);
        Assert.Equal(0.8f, second.grad!.item<float>(), 1e-6f);
        Assert.Equal(1, nn.utils.clip_grad_norm_([first, second], max_norm: 5), 1e-5);
        Assert.Equal(0.6f, first.grad!.item<float>(), 1e-6f);
    }
}
