namespace FlGlm.Cli.Web.State;

/// <summary>The curves of one client's steps.</summary>
internal sealed class StepCurves
{
    public Curve Loss { get; } = new();

    public Curve LearningRate { get; } = new();

    public Curve TokensPerSecond { get; } = new();

    /// <summary>By the step before them.</summary>
    public Curve Validation { get; } = new();

    /// <summary>The metric that counts first, by the step before it.</summary>
    public Curve Metric { get; } = new();

    /// <summary>Removes the steps after one.</summary>
    public void RemoveAfter(int step)
    {
        foreach (var curve in new[] { Loss, LearningRate, TokensPerSecond, Validation, Metric })
            curve.RemoveAfter(step);
    }
}
