using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>The reference values of every training file of the fixtures: loss, boundary activations and their gradients, weight gradients.</summary>
internal static class SplitReference
{
    /// <summary>Runs a split step and compares the loss and the tensors that cross the cuts (a model of one block has none).</summary>
    /// <param name="kind">names the quantities in the report</param>
    /// <param name="scope">what the names of this batch begin with in the file</param>
    public static void CheckStep(string kind, FixtureFile file, ThreeStages stages, string scope = "")
    {
        var batch = file.Batch(scope);
        var step = DirectSplitStep.Run(stages, batch.Batch);

        FixtureTolerance.Loss(kind).Check(file.Number(scope + "loss"), step.Loss);
        if (stages.Blueprint.Family.Shape.Blocks == 1)
            return;
        Check(FixtureTolerance.Hidden(kind), file, batch, scope + "split.h_first", step.HeadOutput);
        Check(FixtureTolerance.Hidden(kind), file, batch, scope + "split.h_last", step.MiddleOutput);
        Check(FixtureTolerance.Boundary(kind), file, batch, scope + "split.grad_h_last", step.TailGradient);
        Check(FixtureTolerance.Boundary(kind), file, batch, scope + "split.grad_h_first", step.MiddleGradient);
    }

    /// <summary>Compares one tensor of a batch at its real tokens.</summary>
    public static void Check(Tolerance tolerance, FixtureFile file, FixtureBatch batch, string name, Tensor actual) =>
        tolerance.Check(batch.Theirs(file[name]), batch.Ours(actual), name);

    /// <summary>Compares gradients, name by name; what the file does not hold is not compared, what it holds must be there.</summary>
    public static void CheckGradients(string kind, IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual)
    {
        Assert.NotEmpty(expected);
        foreach (var (name, gradient) in expected)
            FixtureTolerance.Gradient(kind).Check(gradient, actual[name], name);
    }
}
