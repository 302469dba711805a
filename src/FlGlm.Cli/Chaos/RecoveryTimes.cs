using FlGlm.Cli.LocalRuns;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Chaos;

/// <summary>
/// Measures from the moment when a process that was started again has loaded model and data to the next step of the run; where another process that
/// the step waits for was killed too, from the moment when that one has.
/// </summary>
/// <param name="strategy">In turns, a client whose turn it is not has not lost time.</param>
/// <param name="time">The clock.</param>
internal sealed class RecoveryTimes(StrategyName strategy, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _waiting = [];
    private readonly List<double> _seconds = [];

    /// <summary>Of every restart after which a step was taken.</summary>
    public IReadOnlyList<double> Seconds
    {
        get
        {
            lock (_gate)
                return [.. _seconds];
        }
    }

    /// <summary>A side has loaded model and data after a restart.</summary>
    public void Begin(string side)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _waiting[side] = now;
            foreach (var other in _waiting.Keys.Where(other => side == LocalFolder.Server || strategy != StrategyName.Serial).ToList())
                _waiting[other] = now;
        }
    }

    /// <summary>A side reports a step: the server one of any client, a client its own.</summary>
    /// <param name="side">Which reports it.</param>
    /// <param name="client">Whose step it is.</param>
    public void Step(string side, string client)
    {
        lock (_gate)
        {
            if (_waiting.Remove(side, out var begun))
                _seconds.Add(time.GetElapsedTime(begun).TotalSeconds);
            if (strategy != StrategyName.Serial)
                return;
            foreach (var idle in _waiting.Keys.Where(waiting => waiting != client && waiting != LocalFolder.Server).ToList())
                _waiting.Remove(idle);
        }
    }
}
