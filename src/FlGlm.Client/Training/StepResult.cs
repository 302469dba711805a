using FlGlm.Core.Splitting;

namespace FlGlm.Client.Training;

/// <summary>The results of one optimizer step.</summary>
/// <param name="Loss">before this step's update: the mean over the targets of all its rows</param>
/// <param name="LearningRate">the rate of this step</param>
/// <param name="Tokens">real tokens of the rows that were computed</param>
public sealed record StepResult(float Loss, double LearningRate, int Tokens, StepTimings Seconds);
