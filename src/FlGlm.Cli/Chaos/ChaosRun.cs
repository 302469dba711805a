using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using FlGlm.Cli.CommandLine;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Chaos;

/// <summary>One run of a server and its clients, each a process, with what disturbs it.</summary>
/// <param name="folder">New, for its files.</param>
/// <param name="strategy">How the server works with the clients.</param>
internal sealed class ChaosRun(ChaosFolder folder, StrategyName strategy)
{
    private static readonly TimeSpan LeastLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan UndisturbedLimit = TimeSpan.FromMinutes(30);
    private readonly Stopwatch _clock = new();
    private readonly ConcurrentQueue<string> _kills = new();
    private IReadOnlyList<ChaosSide> _sides = [];

    /// <summary>Runs it without disturbances.</summary>
    /// <exception cref="ChaosException">It does not end well.</exception>
    public async Task<UndisturbedRun> RunUndisturbedAsync(CancellationToken ct)
    {
        var port = ChaosFolder.FreePort();
        await using var proxy = new ChaosProxy(port, 0, []);
        Make(port, proxy.Address);
        var start = Task.WhenAny(_sides.Skip(1).Select(side => side.ReachedAsync(1, ct)));
        var started = start.ContinueWith(_ => _clock.Elapsed.TotalSeconds, TaskScheduler.Default);
        if (await EndAsync([], UndisturbedLimit, ct) is { } failure)
            throw new ChaosException($"The undisturbed run in '{folder.Path}' failed: {failure}");
        return new UndisturbedRun(folder, _clock.Elapsed.TotalSeconds, await started, proxy.Bytes);
    }

    /// <summary>Runs it with disturbances, and compares it.</summary>
    public async Task<ChaosResult> RunDisturbedAsync(int seed, ChaosSchedule schedule, UndisturbedRun expected, PeftMethod method, CancellationToken ct)
    {
        var port = ChaosFolder.FreePort();
        await using var proxy = schedule.Traffic.Count > 0 ? new ChaosProxy(port, expected.Bytes, schedule.Traffic) : null;
        Make(port, proxy?.Address ?? $"127.0.0.1:{port}");
        var recovery = new RecoveryTimes(strategy, TimeProvider.System);
        foreach (var side in _sides)
        {
            side.LoadedAgain += again => recovery.Begin(again.Name);
            side.Stepped += (from, client) => recovery.Step(from.Name, client);
        }

        var limit = TimeSpan.FromSeconds(Math.Max(LeastLimit.TotalSeconds, 10 * expected.Seconds));
        var failure = await EndAsync(schedule.Kills.Select(kill => KillsOf(kill, expected)), limit, ct);
        return new ChaosResult(
            seed,
            strategy,
            method,
            [.. _kills],
            [.. schedule.Traffic.Take(proxy?.Done ?? 0).Select(Describe)],
            _clock.Elapsed.TotalSeconds,
            recovery.Seconds,
            failure,
            failure is null ? RunComparison.Differences(expected.Folder, folder) : [],
            folder.Path)
        {
            LastLines = failure is null ? [] : [.. _sides.SelectMany(side => side.Lines.Select(line => $"{side.Name}: {line}"))],
        };
    }

    private static string Describe(TrafficDisturbance what) => string.Create(
        CultureInfo.InvariantCulture,
        $"{EnumWords.Of(what.Kind)} at {what.At:P0}{(what.AfterConnect is { } bytes ? $", byte {bytes} of a new connection" : "")}");

    private void Make(int port, string address) =>
        _sides = [folder.AddServer(port), .. folder.Clients.Index().Select(client => folder.AddClient(client.Index, address))];

    /// <summary>Starts all sides and waits until they have ended.</summary>
    /// <returns>why that is no good end; null = it is one</returns>
    private async Task<string?> EndAsync(IEnumerable<Func<CancellationToken, Task>> kills, TimeSpan limit, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        over.CancelAfter(limit);
        _clock.Start();
        List<Task<string?>> open = [.. _sides.Select(side => EndAsync(side, over.Token))];
        List<Task> all = [.. open, .. kills.Select(kill => kill(over.Token))];
        string? failure = null;
        try
        {
            while (failure is null && open.Count > 0)
            {
                var ended = await Task.WhenAny(open);
                open.Remove(ended);
                failure = await ended;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            failure = string.Create(CultureInfo.InvariantCulture, $"it did not end within {limit.TotalSeconds:0} s");
        }
        finally
        {
            _clock.Stop();
            await over.CancelAsync();
            await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return failure;
    }

    private static async Task<string?> EndAsync(ChaosSide side, CancellationToken ct)
    {
        var code = await side.RunAsync(ct);
        return code == 0 ? null : $"{side.Name} ended with exit code {code.ToString(CultureInfo.InvariantCulture)}: {side.Lines.LastOrDefault()}";
    }

    private Func<CancellationToken, Task> KillsOf(ScheduledKill kill, UndisturbedRun expected) => async ct =>
    {
        await MomentAsync(kill, expected, ct);
        await Task.Delay(TimeSpan.FromSeconds(kill.DelayS), ct);
        await Task.WhenAll(kill.Victims.Select(victim => KillAsync(kill, victim, ct)));
    };

    private Task MomentAsync(ScheduledKill kill, UndisturbedRun expected, CancellationToken ct)
    {
        var (side, steps) = (_sides[1 + kill.Client], expected.Clients[kill.Client]);
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
        var side = _sides[victim.Side];
        if (!Kill(side, kill.Moment.ToString(), victim.PauseS) || victim.AgainS is not { } again)
            return;
        await side.StartedAsync(ct);
        await Task.Delay(TimeSpan.FromSeconds(again), ct);
        Kill(side, "after restart", victim.PauseS);
    }

    private bool Kill(ChaosSide side, string moment, double pause)
    {
        var at = _clock.Elapsed.TotalSeconds;
        if (!side.Kill(TimeSpan.FromSeconds(pause)))
            return false;
        _kills.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{side.Name} at {at:0.00} s ({moment}), started again {pause:0.00} s later"));
        return true;
    }
}
