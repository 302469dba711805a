namespace TorchSharp.Modules;

/// <summary>The settings of a group of parameters; what is null is taken from the optimizer's defaults.</summary>
public class OptimizerOptions
{
    public double? LearningRate { get; set; }

    public double InitialLearningRate { get; set; }
}
