using System.Diagnostics;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Chaos;

/// <summary>Measures from the moment when a process that was started again has loaded model and data to the next step of the run.</summary>
internal sealed class RecoveryTimes
{
    private readonly StrategyName _strategy;
    private readonly Lock _gate = new();
    private readonly Dictionary<ChaosSide, long> _waiting = [];
    private readonly List<double> _seconds = [];

    public RecoveryTimes(StrategyName strategy, IEnumerable<ChaosSide> sides)
    {
        _strategy = strategy;
        foreach (var side in sides)
        {
            side.LoadedAgain += Begin;
            side.Stepped += Step;
        }
    }

    /// <summary>Of every restart after which a step was taken.</summary>
    public IReadOnlyList<double> Seconds
    {
        get
        {
            lock (_gate)
                return [.. _seconds];
        }
    }

    private void Begin(ChaosSide side)
    {
        lock (_gate)
            _waiting[side] = Stopwatch.GetTimestamp();
    }

    /// <summary>The server's restart ends with a step of any client, a client's with its own; in turns, a client whose turn it is not has not lost time.</summary>
    private void Step(ChaosSide from, string client, int step)
    {
        lock (_gate)
        {
            foreach (var (side, begun) in _waiting.ToList())
            {
                if (side == from)
                    _seconds.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
                else if (_strategy != StrategyName.Serial || side.Name == client)
                    continue;
                _waiting.Remove(side);
            }
        }
    }
}
