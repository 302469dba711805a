namespace FlGlm.Cli.Views;

/// <summary>The speed of the steps, smoothed over about the last ten.</summary>
internal sealed class Pace
{
    private const double Weight = 0.1;

    private double _seconds;
    private double _tokens;
    private int _left;

    public double TokensPerSecond => _seconds > 0 ? _tokens / _seconds : 0;

    /// <summary>Time until the last step, waiting for other clients' turns not counted.</summary>
    public TimeSpan Left => TimeSpan.FromSeconds(_left * _seconds);

    public void Add(int step, int steps, int tokens, double seconds)
    {
        var weight = _seconds > 0 ? Weight : 1;
        _seconds += weight * (seconds - _seconds);
        _tokens += weight * (tokens - _tokens);
        _left = steps - step;
    }
}
