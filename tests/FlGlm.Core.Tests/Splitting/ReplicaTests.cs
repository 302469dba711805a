using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Splitting;

/// <summary>Several middles over one set of frozen weights.</summary>
public sealed class ReplicaTests : IDisposable
{
    private static readonly SequenceLayout Layout = new([5, 3]);
    private readonly TempFolder _folder = new();
    private readonly HfCheckpoint _checkpoint;

    public ReplicaTests() => _checkpoint = HfCheckpoint.Open(new TinyLlama().Write(_folder.At("model")));

    public void Dispose()
    {
        _checkpoint.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(PeftMethod.Lora)]
    [InlineData(PeftMethod.PTuningV2)]
    [InlineData(PeftMethod.None)]
    public void A_step_of_one_replica_moves_no_other(PeftMethod method)
    {
        using var middle = Open(method);
        using var one = middle.Replica(1);
        using var other = middle.Replica(2);
        var before = Output(middle);
        Assert.Equal(before, Output(one));
        Assert.Equal(before, Output(other));

        Step(one);

        Assert.NotEqual(before, Output(one));
        Assert.Equal(before, Output(other));
        Assert.Equal(before, Output(middle));
        using var later = one.Replica(3);
        Assert.Equal(Output(one), Output(later));
    }

    [Fact]
    public void Frozen_weights_are_shared_and_outlive_a_replica()
    {
        var none = Tensor.TotalCount;
        using var middle = Open(PeftMethod.Lora);
        var one = Tensor.TotalCount;
        var replica = middle.Replica(2);
        var two = Tensor.TotalCount;

        var family = middle.Blueprint.Family;
        Assert.Equal(family.Tensors.Count(tensor => middle.Blueprint.Split.Owner(tensor) == StageName.Middle), one - none - (two - one));

        var output = Output(middle);
        replica.Dispose();
        Assert.Equal(output, Output(middle));
    }

    [Fact]
    public void Seat_one_draws_dropout_as_the_middle_does_and_every_other_from_its_own_generator()
    {
        using var middle = Open(PeftMethod.Lora, dropout: 0.5);
        using var one = middle.Replica(1);
        using var two = middle.Replica(2);
        using var three = middle.Replica(3);
        var drawn = Output(middle, PassMode.Train);

        Assert.Equal(drawn, Output(one, PassMode.Train));
        Assert.NotEqual(drawn, Output(two, PassMode.Train));
        Assert.NotEqual(Output(two, PassMode.Train), Output(three, PassMode.Train));
    }

    private MiddleStage Open(PeftMethod method, double dropout = 0)
    {
        var family = ModelFamily.Of(_checkpoint);
        var plan = RunPlanner.Create(_checkpoint, family, new RunPlan
        {
            Peft = new PeftSettings { Method = method, Lora = new LoraSettings { Rank = 2, Targets = ["q_proj"] }, Prefix = new PrefixSettings { Length = 2 } },
            Training = new TrainingSettings { AttentionDropout = dropout },
        });
        return new MiddleStage(_checkpoint, StageBlueprint.Create(plan, family, CPU));
    }

    private static float[] Output(MiddleStage stage, PassMode mode = PassMode.Evaluate)
    {
        using var hidden = Hidden(stage);
        using var pass = stage.Forward(hidden, Layout, mode);
        using var output = pass.Output.detach();
        return output.data<float>().ToArray();
    }

    private static void Step(MiddleStage stage)
    {
        using var optimizer = new StageOptimizer(stage.Parameters, new OptimizerSettings { LearningRate = 0.1 }, 1);
        using var hidden = Hidden(stage);
        for (var step = 0; step < 2; step++) // LoRA's B is zero at first, so that A has no gradient
        {
            using var pass = stage.Forward(hidden, Layout, PassMode.Train);
            using var gradient = ones_like(pass.Output);
            pass.Backward(gradient)!.Dispose();
            optimizer.Step();
        }
    }

    private static Tensor Hidden(MiddleStage stage)
    {
        var width = stage.Blueprint.Family.Shape.Hidden;
        using var numbers = arange(2 * 5 * width, dtype: float32);
        using var waves = numbers.sin();
        return waves.view(2, 5, width);
    }
}
