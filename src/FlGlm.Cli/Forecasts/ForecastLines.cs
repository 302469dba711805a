using System.Globalization;
using FlGlm.Cli.Views;

namespace FlGlm.Cli.Forecasts;

/// <summary>A forecast in words.</summary>
internal static class ForecastLines
{
    private const double MostSeconds = 1e9;

    public static IEnumerable<string> Of(RunForecast forecast)
    {
        var (training, compute) = (forecast.Training, forecast.Compute);
        yield return Text($"data    {training.Rows:N0} rows, {training.Steps:N0} steps of {training.First[0].Rows}; {training.Tokens:N0} tokens a step, 95 % of the rows have {training.LengthAt(0.95)} or fewer, the longest {training.Lengths[^1]}");
        yield return Text($"client  {ByteSize.Of(forecast.ClientBytes)} of memory");
        yield return Text($"server  {ByteSize.Of(forecast.ServerBytes)} of memory{(forecast.Config.Clients.Expected > 1 ? $", with {forecast.Config.Clients.Expected} clients" : "")}");
        yield return Text($"wire    {training.BytesUp:N0} bytes sent and {training.BytesDown:N0} received a step, {ByteSize.Of((training.BytesUp + training.BytesDown) * training.Steps)} a client in all");
        yield return Text($"step    {Seconds(forecast.StepSeconds)}: client {Seconds(compute.Client)}, server {Seconds(compute.Server)}, wire {Seconds(forecast.WireSeconds)} ({forecast.Link}); both sides compute like this machine");
        yield return Text($"run     {Time(TimeSpan.FromSeconds(Math.Min(forecast.RunSeconds, MostSeconds)))} for all steps, validation and waiting not counted");
        foreach (var hint in forecast.Hints())
            yield return $"hint    {hint}";
    }

    /// <summary>Measured beside planned.</summary>
    public static IEnumerable<string> Of(ForecastComparison comparison)
    {
        yield return Text($"measured in {comparison.Steps} steps of a server and a client on this machine; planned without a network:");
        foreach (var (name, planned, measured) in comparison.Figures)
            yield return Text($"{name,-13} {planned,15:N4} planned  {measured,15:N4} measured  {Math.Round(100 * ((planned / measured) - 1), 1),6:+0.0;-0.0;0.0} %");
    }

    private static string Seconds(double seconds) => seconds >= 1 ? Text($"{seconds:0.00} s") : Text($"{1e3 * seconds:0.0} ms");

    private static string Time(TimeSpan time) => time switch
    {
        { TotalHours: >= 48 } => Text($"{time.TotalDays:0.0} days"),
        { TotalMinutes: >= 120 } => Text($"{time.TotalHours:0.0} hours"),
        { TotalSeconds: >= 120 } => Text($"{time.TotalMinutes:0} minutes"),
        _ => Text($"{time.TotalSeconds:0.0} s"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
