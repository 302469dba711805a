using System.Globalization;
using FlGlm.Client.Training;
using FlGlm.Core.Splitting;
using FlGlm.Server.Events;

namespace FlGlm.Cli.Views;

/// <summary>A step in one line.</summary>
internal static class StatusLine
{
    /// <summary>Written before every line of a run that is neither encrypted nor authenticated.</summary>
    public const string Insecure = "[insecure] ";

    /// <summary>e.g. <c>train  step 40/100  loss 1.7321  1534 tok/s  ETA 0:31</c>.</summary>
    public static string Of(StepReport report, Pace pace) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Client}  step {report.Step}/{report.Steps}  round {report.Round}  loss {report.Loss:F4}{Epsilon(report)}  {Speed(pace)}");

    /// <summary>e.g. <c>client-1  step 40/100  round 1  middle 12 ms  backward 30 ms  queue 0 ms  waiting 2  1534 tok/s  ETA 0:31</c>.</summary>
    public static string Of(ServerEvent.StepServed step, Pace pace) => string.Create(
        CultureInfo.InvariantCulture,
        $"{step.Client}  step {step.Step}/{step.Steps}  round {step.Round}  middle {1e3 * step.Seconds[StepLeg.Middle]:F0} ms  backward {1e3 * step.Seconds[StepLeg.MiddleBackward]:F0} ms  queue {1e3 * (step.Seconds[StepLeg.Queue] + step.Seconds[StepLeg.QueueGradient]):F0} ms  waiting {step.Waiting}  {Speed(pace)}");

    /// <summary>The legs that took at least 0.5 % of the step, e.g. <c>head 3%  up 1%  middle 50%</c>.</summary>
    public static string Legs(StepTimings seconds) => string.Join("  ", seconds.Legs
        .Where(l => l.Seconds >= 0.005 * seconds.Total && l.Seconds > 0)
        .Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Name} {100 * l.Seconds / seconds.Total:F0}%")));

    private static string Speed(Pace pace) =>
        string.Create(CultureInfo.InvariantCulture, $"{pace.TokensPerSecond:F0} tok/s  ETA {Clock(pace.Left)}");

    private static string Clock(TimeSpan time) => time.TotalHours < 1
        ? $"{time.Minutes}:{time.Seconds:00}"
        : $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}";

    private static string Epsilon(StepReport report) => report.Epsilon is { } epsilon ? string.Create(CultureInfo.InvariantCulture, $"  epsilon {epsilon:G4}") : "";
}
