namespace FlGlm.Cli.Forecasts;

/// <summary>The seconds that a step computes on this machine.</summary>
/// <param name="Client">head, tail and their optimizer</param>
/// <param name="Server">the middle, with its optimizer</param>
internal sealed record StepSeconds(double Client, double Server)
{
    public static StepSeconds operator *(StepSeconds seconds, double factor) => new(seconds.Client * factor, seconds.Server * factor);
}
