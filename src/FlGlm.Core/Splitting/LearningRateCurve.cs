using FlGlm.Core.Configuration;

namespace FlGlm.Core.Splitting;

/// <summary>The learning rate of each step of an optimizer, as a factor of the full rate.</summary>
internal static class LearningRateCurve
{
    /// <param name="settings">with a learning rate</param>
    /// <param name="step">steps taken</param>
    /// <param name="totalSteps">steps that the optimizer takes in the whole run</param>
    public static double Factor(OptimizerSettings settings, long step, long totalSteps)
    {
        var warmup = settings.WarmupRatio > 0 ? (long)Math.Ceiling(settings.WarmupRatio * totalSteps) : settings.WarmupSteps;
        if (step < warmup)
            return (step + 1.0) / (warmup + 1.0);
        var done = (step - warmup) / (double)Math.Max(1, totalSteps - warmup);
        return settings.Schedule switch
        {
            LearningRateSchedule.Linear => Math.Max(0, (totalSteps - step) / (double)Math.Max(1, totalSteps - warmup)),
            LearningRateSchedule.Cosine => Wave((settings.ScheduleCycles ?? 0.5) * 2 * done),
            LearningRateSchedule.CosineWithRestarts => done >= 1 ? 0 : Wave((settings.ScheduleCycles ?? 1) * done % 1),
            LearningRateSchedule.Polynomial => Power(settings, done),
            _ => 1,
        };
    }

    private static double Wave(double halves) => Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * halves)));

    private static double Power(OptimizerSettings settings, double done)
    {
        var end = settings.ScheduleEndRate / settings.LearningRate!.Value;
        return ((1 - end) * Math.Pow(Math.Max(0, 1 - done), settings.SchedulePower)) + end;
    }
}
