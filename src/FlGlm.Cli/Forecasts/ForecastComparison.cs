namespace FlGlm.Cli.Forecasts;

/// <summary>A forecast held against the first steps of the run itself.</summary>
/// <param name="Steps">that were taken</param>
/// <param name="Figures">what was planned, and what was measured</param>
internal sealed record ForecastComparison(int Steps, IReadOnlyList<(string Name, double Planned, double Measured)> Figures)
{
    private const double Mebibyte = 1 << 20;

    public static ForecastComparison Of(RunForecast planned, SplitTrial measured)
    {
        var same = planned.Training.First.Take(measured.Steps.Count).ToList();
        return new ForecastComparison(measured.Steps.Count,
        [
            ("bytes up", same.Sum(step => step.BytesUp), measured.Steps.Sum(step => step.BytesUp)),
            ("bytes down", same.Sum(step => step.BytesDown), measured.Steps.Sum(step => step.BytesDown)),
            ("client, MiB", planned.ClientBytes / Mebibyte, measured.ClientPeak / Mebibyte),
            ("server, MiB", planned.ServerBytes / Mebibyte, measured.ServerPeak / Mebibyte),
            ("step, s", (planned with { Link = NetworkLink.None }).StepSeconds, measured.Total),
        ]);
    }
}
