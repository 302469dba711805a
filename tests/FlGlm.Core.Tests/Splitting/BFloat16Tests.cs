using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Splitting;

/// <summary>A base in bfloat16 with adapters in float32.</summary>
public sealed class BFloat16Tests
{
    [Theory]
    [InlineData("lora", PeftMethod.Lora)]
    [InlineData("prefix", PeftMethod.PTuningV2)]
    [InlineData("full", PeftMethod.None)]
    [InlineData("lora of chatglm", PeftMethod.Lora)]
    [InlineData("prefix of chatglm", PeftMethod.PTuningV2)]
    [InlineData("full tied of chatglm", PeftMethod.None)]
    [InlineData("lora of chatglm2", PeftMethod.Lora)]
    [InlineData("prefix of chatglm2", PeftMethod.PTuningV2)]
    [InlineData("full of chatglm2", PeftMethod.None)]
    public async Task Loss_is_near_the_float32_loss_and_falls(string name, PeftMethod method)
    {
        var model = Method.Model(name);
        using var folder = new TempFolder();
        var directory = model.Write(folder.Path);
        var peft = new PeftSettings { Method = method, Prefix = new PrefixSettings { Length = 4 }, Lora = new LoraSettings { Targets = [.. model.LoraTargets] } };
        using var full = ThreeStages.Open(directory, peft);
        using var half = ThreeStages.Open(directory, peft, change: blueprint => blueprint with { Dtype = bfloat16 });
        using var run = new CentralisedRun(half, new OptimizerSettings { LearningRate = 1e-2 }, totalSteps: 10);
        var batch = Method.Batch(name);
        var first = half.Loss(batch);
        for (var step = 0; step < 10; step++)
            await run.StepAsync(batch);

        Assert.Equal(full.Loss(batch), first, 0.03 * first);
        Assert.True(half.Loss(batch) < first);
        Assert.All(half.Parameters, parameter => Assert.Equal(method == PeftMethod.None ? bfloat16 : float32, parameter.Value.dtype));
    }
}
