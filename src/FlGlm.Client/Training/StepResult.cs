namespace FlGlm.Client.Training;

/// <summary>What one walk out and home gave.</summary>
/// <param name="Loss">before this step's update</param>
/// <param name="LearningRate">of this step</param>
public sealed record StepResult(float Loss, double LearningRate, StepSeconds Seconds);
