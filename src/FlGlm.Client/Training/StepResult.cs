using FlGlm.Core.Splitting;

namespace FlGlm.Client.Training;

/// <summary>The results of one forward and backward.</summary>
/// <param name="Loss">before this step's update</param>
/// <param name="LearningRate">the rate of this step</param>
public sealed record StepResult(float Loss, double LearningRate, StepTimings Seconds);
