using System.Globalization;
using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>Trains with the product's own step and compares losses and parameters with the reference's torch.optim.Adam.</summary>
internal static class AdamTrajectory
{
    /// <param name="kind">names the quantities in the report</param>
    /// <param name="parameters">the trained tensors under the file's names, as they are when called</param>
    public static async Task CheckAsync(string kind, FixtureFile file, ThreeStages stages, Func<IReadOnlyDictionary<string, Tensor>> parameters)
    {
        var losses = file["adam.loss"].data<float>().ToArray();
        var steps = losses.Length - 1;
        var rate = LearningRate(file, parameters());
        using var run = new CentralisedRun(stages, new OptimizerSettings { LearningRate = rate }, steps);
        for (var step = 0; step < steps; step++)
        {
            var loss = await run.StepAsync(file.Batch($"adam.batch{step}.").Batch);
            FixtureTolerance.AdamLoss(kind).Check(losses[step], loss, $"before step {step + 1}");
            foreach (var (name, value) in file.Under($"adam.step{step + 1}."))
                FixtureTolerance.AdamParameter(kind, rate).Check(value, parameters()[name], $"{name} after step {step + 1}");
        }

        FixtureTolerance.AdamLoss(kind).Check(losses[steps], stages.Loss(file.Batch("adam.batch0.").Batch), "after the last step");
    }

    /// <summary>Adam's first step moves a weight by the learning rate, whatever its gradient (unless that is tiny).</summary>
    private static double LearningRate(FixtureFile file, IReadOnlyDictionary<string, Tensor> start)
    {
        var moved = file.Under("adam.step1.").Max(value => (value.Value - start[value.Key].cpu()).abs().max().item<float>());
        return double.Parse(moved.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
