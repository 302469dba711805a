using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Splitting;

/// <summary>Clipping per side, and the schedule counted in an optimizer's own steps.</summary>
public sealed class StageOptimizerTests
{
    /// <summary>So large that Adam's first step is learning rate / epsilon times the gradient, from which a test can compute the gradient.</summary>
    private const double Epsilon = 1e6;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_side_clips_its_own_norm_and_a_tied_head_counts_once(bool tied)
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        var directory = new TinyLlama { TiedHead = tied }.Write(folder.Path);
        using var stages = ThreeStages.Open(directory, new PeftSettings { Method = PeftMethod.None });
        using var untouched = ThreeStages.Open(directory, new PeftSettings { Method = PeftMethod.None });
        const double Clip = 0.25;
        using var whole = new WholeModel(stages, new OptimizerSettings { LearningRate = Epsilon, Epsilon = Epsilon, ClipNorm = Clip }, totalSteps: 1);

        whole.Step(TinyBatch.Create());

        Assert.Equal(Clip, Moved(untouched.Client.Parameters, stages.Client.Parameters), 1e-4);
        Assert.Equal(Clip, Moved(untouched.Middle.Parameters, stages.Middle.Parameters), 1e-4);
    }

    [Fact]
    public void A_norm_below_the_limit_is_left_alone()
    {
        using var scope = NewDisposeScope();
        var parameter = new NamedParameter("w", new TorchSharp.Modules.Parameter(zeros(2, dtype: float32), requires_grad: true));
        using var optimizer = new StageOptimizer([parameter], new OptimizerSettings { LearningRate = Epsilon, Epsilon = Epsilon, ClipNorm = 10 }, 1);
        (parameter.Value * tensor(new float[] { 3, 4 })).sum().backward();

        optimizer.Step();

        Tolerance.Absolute("unclipped step", 1e-4).Check(tensor(new float[] { -3, -4 }), parameter.Value);
    }

    [Theory]
    [InlineData(0.0, 0.0, new[] { 0.7f, 0.4f, 0.1f })]
    [InlineData(0.5, 0.0, new[] { 0.7f, 0.25f, -0.275f })]  // updates 3, 4.5 and 5.25 tenths
    [InlineData(0.0, 0.1, new[] { 0.69f, 0.3831f, 0.079269f })]
    public void Sgd_steps_as_torch_does(double momentum, double decay, float[] expected)
    {
        using var scope = NewDisposeScope();
        var parameter = new NamedParameter("w", new TorchSharp.Modules.Parameter(ones(1, dtype: float32), requires_grad: true));
        var settings = new OptimizerSettings { Name = OptimizerName.Sgd, LearningRate = 0.1, Momentum = momentum, WeightDecay = decay };
        using var optimizer = new StageOptimizer([parameter], settings, totalSteps: 3);

        foreach (var value in expected)
        {
            (parameter.Value * 3).sum().backward();
            optimizer.Step();
            Assert.Equal(value, parameter.Value.item<float>(), 1e-6f);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(1e20f)]
    public void A_gradient_that_adam_cannot_square_is_dropped_and_named(float gradient)
    {
        using var scope = NewDisposeScope();
        NamedParameter[] parameters = [Scalar("small"), Scalar("large")];
        using var optimizer = new StageOptimizer(parameters, new OptimizerSettings { LearningRate = 2e-2 }, 1);
        (parameters[0].Value + (parameters[1].Value * gradient)).backward();

        var refusal = Assert.Throws<NotFiniteException>(optimizer.ExpectFinite);

        Assert.StartsWith("The gradient of 'large' is not finite, so optimizer step 1 is not taken.", refusal.Message, StringComparison.Ordinal);
        optimizer.ExpectFinite();
        optimizer.Step();
        Assert.All(parameters, parameter => Assert.Equal(1, parameter.Value.item<float>()));
    }

    [Theory]
    [InlineData(LearningRateSchedule.Constant, 0, new[] { 1, 1, 1, 1, 1.0 })]
    [InlineData(LearningRateSchedule.Linear, 0, new[] { 1, 0.8, 0.6, 0.4, 0.2 })]
    [InlineData(LearningRateSchedule.Constant, 2, new[] { 1 / 3.0, 2 / 3.0, 1, 1, 1 })]
    [InlineData(LearningRateSchedule.Linear, 1, new[] { 0.5, 1, 0.75, 0.5, 0.25 })]
    public void Schedule_counts_the_optimizers_own_steps(LearningRateSchedule schedule, int warmup, double[] factors)
    {
        using var scope = NewDisposeScope();
        var settings = new OptimizerSettings { LearningRate = 2e-2, Schedule = schedule, WarmupSteps = warmup };
        using var optimizer = new StageOptimizer([], settings, factors.Length);
        foreach (var factor in factors)
        {
            Assert.Equal(2e-2 * factor, optimizer.LearningRate, 1e-12);
            optimizer.Step();
        }
    }

    private static NamedParameter Scalar(string name) => new(name, new TorchSharp.Modules.Parameter(ones(1, dtype: float32), requires_grad: true));

    /// <summary>L2 norm of the difference over all parameters together.</summary>
    private static double Moved(IEnumerable<NamedParameter> from, IEnumerable<NamedParameter> to)
    {
        using var grad = no_grad();
        return Math.Sqrt(from.Zip(to).Sum(pair => (pair.First.Value - pair.Second.Value).square().sum().item<float>()));
    }
}
