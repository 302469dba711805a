using System.Collections.Concurrent;
using System.Globalization;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.LocalRuns;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Chaos;

/// <summary>One run of a server and its clients, each a process, with what disturbs it.</summary>
/// <param name="folder">New, for its files.</param>
/// <param name="strategy">How the server works with the clients.</param>
internal sealed class ChaosRun(LocalFolder folder, StrategyName strategy)
{
    private static readonly TimeSpan LeastLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan UndisturbedLimit = TimeSpan.FromMinutes(30);
    private readonly ConcurrentQueue<string> _kills = new();
    private LocalRun? _run;

    private LocalRun Run => _run ?? throw new InvalidOperationException("The run has not begun.");

    /// <summary>Runs it without disturbances.</summary>
    /// <exception cref="LocalRunException">It does not end well.</exception>
    public async Task<UndisturbedRun> RunUndisturbedAsync(CancellationToken ct)
    {
        var port = LocalFolder.FreePort();
        await using var proxy = new ChaosProxy(port, 0, []);
        _run = new LocalRun(folder, port, proxy.Address);
        var start = Task.WhenAny(Run.Clients.Select(side => side.ReachedAsync(1, ct)));
        var started = start.ContinueWith(_ => Run.Elapsed.TotalSeconds, TaskScheduler.Default);
        if (await Run.EndAsync(UndisturbedLimit, ct) is { } failure)
            throw new LocalRunException($"The undisturbed run in '{folder.Path}' failed: {failure}");
        return new UndisturbedRun(folder, Run.Elapsed.TotalSeconds, await started, proxy.Bytes);
    }

    /// <summary>Runs it with disturbances, and compares it.</summary>
    public async Task<ChaosResult> RunDisturbedAsync(int seed, ChaosSchedule schedule, UndisturbedRun expected, PeftMethod method, CancellationToken ct)
    {
        var port = LocalFolder.FreePort();
        await using var proxy = schedule.Traffic.Count > 0 ? new ChaosProxy(port, expected.Bytes, schedule.Traffic) : null;
        _run = new LocalRun(folder, port, proxy?.Address ?? $"127.0.0.1:{port}");
        var recovery = new RecoveryTimes(strategy, TimeProvider.System);
        foreach (var side in Run.Sides)
        {
            side.LoadedAgain += again => recovery.Begin(again.Name);
            side.Stepped += (from, step) => recovery.Step(from.Name, step.Client);
        }

        var limit = TimeSpan.FromSeconds(Math.Max(LeastLimit.TotalSeconds, 10 * expected.Seconds));
        var failure = await Run.EndAsync(limit, ct, schedule.Kills.Select(kill => KillsOf(kill, expected)));
        return new ChaosResult(
            seed,
            strategy,
            method,
            [.. _kills],
            [.. schedule.Traffic.Take(proxy?.Done ?? 0).Select(Describe)],
            Run.Elapsed.TotalSeconds,
            recovery.Seconds,
            failure,
            failure is null ? RunComparison.Differences(expected.Folder, folder) : [],
            folder.Path)
        {
            LastLines = failure is null ? [] : Run.LastLines,
        };
    }

    private static string Describe(TrafficDisturbance what) => string.Create(
        CultureInfo.InvariantCulture,
        $"{EnumWords.Of(what.Kind)} at {what.At:P0}{(what.AfterConnect is { } bytes ? $", byte {bytes} of a new connection" : "")}");

    private Func<CancellationToken, Task> KillsOf(ScheduledKill kill, UndisturbedRun expected) => async ct =>
    {
        await MomentAsync(kill, expected, ct);
        await Task.Delay(TimeSpan.FromSeconds(kill.DelayS), ct);
        await Task.WhenAll(kill.Victims.Select(victim => KillAsync(kill, victim, ct)));
    };

    private Task MomentAsync(ScheduledKill kill, UndisturbedRun expected, CancellationToken ct)
    {
        var (side, steps) = (Run.Sides[1 + kill.Client], expected.Clients[kill.Client]);
        return kill.Moment switch
        {
            KillMoment.Time => Task.Delay(TimeSpan.FromSeconds(kill.At * expected.Seconds), ct),
            KillMoment.StartUp => Task.Delay(TimeSpan.FromSeconds(kill.At * expected.StartSeconds), ct),
            KillMoment.Step => side.ReachedAsync(1 + (int)(kill.At * (steps.LastStep - 1)), ct),
            KillMoment.TurnEnd => side.ReachedAsync(steps.TurnEnds[(int)(kill.At * steps.TurnEnds.Count)], ct),
            _ => side.ReachedAsync(steps.LastStep, ct),
        };
    }

    private async Task KillAsync(ScheduledKill kill, KilledSide victim, CancellationToken ct)
    {
        var side = Run.Sides[victim.Side];
        if (!Kill(side, kill.Moment.ToString(), victim.PauseS) || victim.AgainS is not { } again)
            return;
        await side.StartedAsync(ct);
        await Task.Delay(TimeSpan.FromSeconds(again), ct);
        Kill(side, "after restart", victim.PauseS);
    }

    private bool Kill(LocalSide side, string moment, double pause)
    {
        var at = Run.Elapsed.TotalSeconds;
        if (!side.Kill(TimeSpan.FromSeconds(pause)))
            return false;
        _kills.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{side.Name} at {at:0.00} s ({moment}), started again {pause:0.00} s later"));
        return true;
    }
}
