using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Splitting;

/// <summary>A split step gives the uncut model's results bit for bit.</summary>
public sealed class SplitEqualsWholeTests
{
    public static TheoryData<string> Methods => Method.Names();

    [Theory]
    [MemberData(nameof(Methods))]
    public void Loss_and_every_gradient_are_the_uncut_models_at_every_cut(string method)
    {
        using var folder = new TempFolder();
        var model = Method.Model(method);
        var directory = model.Write(folder.Path);
        var batch = Method.Batch(method);
        foreach (var cut in Method.Cuts(model.Blocks))
        {
            using var scope = NewDisposeScope();
            using var split = Method.Open(method, directory, cut);
            using var whole = Method.Open(method, directory, cut);
            var step = DirectSplitStep.Run(split, batch);

            Assert.Equal(WholeModel.ForwardBackward(whole, batch), step.Loss);
            Assert.NotEmpty(whole.Gradients());
            Bits.Equal(whole.Gradients(), split.Gradients(), cut.ToString());
        }
    }

    [Theory]
    [InlineData("lora with dropout")]
    [InlineData("prefix with dropout")]
    [InlineData("full with dropout")]
    public void Dropout_is_drawn_anew_in_every_step_and_left_out_of_evaluation(string method)
    {
        using var folder = new TempFolder();
        using var scope = NewDisposeScope();
        using var stages = Method.Open(method, Method.Model(method).Write(folder.Path), new SplitSettings());
        var batch = Method.Batch(method);
        var (evaluated, first, second) = (stages.Loss(batch), DirectSplitStep.Run(stages, batch).Loss, DirectSplitStep.Run(stages, batch).Loss);

        Assert.Equal(3, new[] { evaluated, first, second }.Distinct().Count());
        Assert.Equal(evaluated, stages.Loss(batch));
    }

    [Theory]
    [InlineData("lora")]
    [InlineData("patterned")]
    [InlineData("layered")]
    [InlineData("saved")]
    [InlineData("saved of chatglm2")]
    [InlineData("prefix")]
    [InlineData("full")]
    [InlineData("full tied")]
    [InlineData("lora of chatglm")]
    [InlineData("prefix of chatglm")]
    [InlineData("full tied of chatglm")]
    [InlineData("lora of chatglm2")]
    [InlineData("prefix of chatglm2")]
    [InlineData("full of chatglm2")]
    public void Where_the_model_is_cut_does_not_matter_without_dropout_and_shared_encoders(string method)
    {
        using var folder = new TempFolder();
        using var scope = NewDisposeScope();
        var model = Method.Model(method);
        var directory = model.Write(folder.Path);
        var batch = Method.Batch(method);
        using var paper = Method.Open(method, directory, new SplitSettings());
        var loss = DirectSplitStep.Run(paper, batch).Loss;
        foreach (var cut in Method.Cuts(model.Blocks))
        {
            using var stages = Method.Open(method, directory, cut);

            Assert.Equal(loss, DirectSplitStep.Run(stages, batch).Loss);
            Bits.Equal(paper.Gradients(), stages.Gradients(), cut.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Centralised_training_is_the_uncut_models_training(string method)
    {
        using var folder = new TempFolder();
        var directory = Method.Model(method).Write(folder.Path);
        var optimizer = new OptimizerSettings { LearningRate = 1e-2, ClipNorm = 0.5, Schedule = LearningRateSchedule.Linear, WarmupSteps = 2 };
        const int Steps = 5;
        using var stages = Method.Open(method, directory, new SplitSettings());
        using var uncut = Method.Open(method, directory, new SplitSettings());
        using var centralised = new CentralisedRun(stages, optimizer, Steps);
        using var whole = new WholeModel(uncut, optimizer, Steps);
        for (var step = 0; step < Steps; step++)
        {
            var batch = Method.Batch(method, 8 + step, step);

            Assert.Equal(whole.Step(batch), await centralised.StepAsync(batch));
        }

        Bits.Equal(uncut.Parameters, stages.Parameters, "after training");
    }
}
