using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Splitting;

/// <summary>Full fine-tuning in bfloat16, whose optimizer keeps float32 copies.</summary>
public sealed class MasterWeightsTests
{
    private static readonly OptimizerSettings Settings = new() { LearningRate = 1e-4, ClipNorm = 1 };

    [Fact]
    public void Updates_too_small_for_bfloat16_add_up()
    {
        using var scope = NewDisposeScope();
        var (half, full) = (Ones(bfloat16), Ones(float32));
        using var halfOptimizer = new StageOptimizer([half], Settings, 200);
        using var fullOptimizer = new StageOptimizer([full], Settings, 200);

        for (var step = 0; step < 200; step++)
        {
            foreach (var (parameter, optimizer) in new[] { (half, halfOptimizer), (full, fullOptimizer) })
            {
                (parameter.Value * arange(1, 5, dtype: parameter.Value.dtype)).sum().backward();
                optimizer.Step();
            }
        }

        Assert.Equal(bfloat16, half.Value.dtype);
        Assert.Equal(0.98, full.Value[0].item<float>(), 1e-3);
        Tolerance.Absolute("bfloat16 after 200 steps", 1.0 / 256).Check(full.Value, half.Value.to(float32));
    }

    [Fact]
    public void A_value_set_from_elsewhere_replaces_the_copy()
    {
        using var scope = NewDisposeScope();
        var parameter = Ones(bfloat16);
        using var optimizer = new StageOptimizer([parameter], Settings, 10);
        using (no_grad())
            parameter.Value.narrow(0, 0, 2).fill_(3);
        parameter.Value.sum().backward();

        optimizer.Step();

        Tolerance.Absolute("parameter", 0.02).Check(tensor(new float[] { 3, 3, 1, 1 }), parameter.Value.to(float32));
    }

    [Theory]
    [InlineData("full")]
    [InlineData("full tied of chatglm")]
    [InlineData("full of chatglm2")]
    public async Task A_bfloat16_run_follows_the_float32_run(string name)
    {
        using var folder = new TempFolder();
        var directory = Method.Model(name).Write(folder.Path);
        var (full, half) = (await LossesAsync(float32), await LossesAsync(bfloat16));

        Assert.True(full[^1] < 0.9 * full[0]);
        Assert.All(full.Zip(half), pair => Assert.Equal(pair.First, pair.Second, 0.03 * full[0]));

        async Task<List<float>> LossesAsync(ScalarType dtype)
        {
            using var stages = ThreeStages.Open(directory, new PeftSettings { Method = PeftMethod.None }, change: blueprint => blueprint with { Dtype = dtype });
            using var run = new CentralisedRun(stages, new OptimizerSettings { LearningRate = 5e-4 }, totalSteps: 60);
            var losses = new List<float>();
            for (var step = 0; step < 60; step++)
                losses.Add(await run.StepAsync(Method.Batch(name)));
            return losses;
        }
    }

    private static NamedParameter Ones(ScalarType dtype) => new("w", new Parameter(ones(4, dtype: dtype), requires_grad: true));
}
