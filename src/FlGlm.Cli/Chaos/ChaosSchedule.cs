namespace FlGlm.Cli.Chaos;

/// <summary>What is done to one run. All of it follows from a seed: moments are shares of what the undisturbed run took.</summary>
/// <param name="Kills">In no order.</param>
/// <param name="Traffic">In the order of their places.</param>
internal sealed record ChaosSchedule(IReadOnlyList<ScheduledKill> Kills, IReadOnlyList<TrafficDisturbance> Traffic)
{
    private const int MostKills = 4;
    private const int MostTraffic = 6;

    /// <summary>Handshake and plan of a connection are shorter.</summary>
    private const int BytesOfStart = 8000;

    private static readonly TrafficChoice[] Kinds = [TrafficChoice.Cut, TrafficChoice.Delay, TrafficChoice.Duplicate, TrafficChoice.Reorder, TrafficChoice.Corrupt];
    private static readonly KillChoice[] Victims = [KillChoice.Server, KillChoice.Client, KillChoice.Both];

    /// <summary>The schedule of a seed.</summary>
    /// <param name="seed">The same seed gives the same schedule.</param>
    /// <param name="kill">Which processes are killed.</param>
    /// <param name="traffic">What is done to bytes.</param>
    /// <param name="clients">The number of clients.</param>
    public static ChaosSchedule Make(int seed, KillChoice kill, TrafficChoice traffic, int clients)
    {
        // The generator of a seed is the same in every version of .NET.
        var random = new Random(seed);
        var mode = random.NextDouble();
        var (kills, disturbs) = (kill, traffic) switch
        {
            (_, TrafficChoice.None) => (kill != KillChoice.None, false),
            (KillChoice.None, _) => (false, true),
            _ => (mode < 0.7, mode >= 0.4),
        };
        return new ChaosSchedule(
            kills ? [.. Enumerable.Range(0, random.Next(1, MostKills + 1)).Select(_ => MakeKill(random, kill, clients))] : [],
            disturbs ? MakeTraffic(random, traffic) : []);
    }

    private static ScheduledKill MakeKill(Random random, KillChoice choice, int clients)
    {
        var moment = random.NextDouble() switch
        {
            < 0.4 => KillMoment.Time,
            < 0.55 => KillMoment.StartUp,
            < 0.75 => KillMoment.Step,
            < 0.9 => KillMoment.TurnEnd,
            _ => KillMoment.RunEnd,
        };
        var (at, client) = (random.NextDouble(), random.Next(clients));
        var delay = moment is KillMoment.TurnEnd or KillMoment.RunEnd ? random.NextDouble() * 0.3 : 0;
        if (choice == KillChoice.Any)
            choice = Victims[random.Next(Victims.Length)];
        var killed = 1 + random.Next(clients);
        IReadOnlyList<int> sides = choice switch
        {
            KillChoice.Server => [0],
            KillChoice.Client => [killed],
            _ => [0, killed],
        };
        return new ScheduledKill(moment, at, client, delay, [.. sides.Select(side => MakeVictim(random, side))]);
    }

    private static KilledSide MakeVictim(Random random, int side)
    {
        var pause = random.NextDouble() < 0.2 ? 2 + (4 * random.NextDouble()) : 0.05 + (0.5 * random.NextDouble());
        return new KilledSide(side, pause, random.NextDouble() < 0.15 ? 2 * random.NextDouble() : null);
    }

    /// <summary>One disturbance in each of several equal parts of the run.</summary>
    private static TrafficDisturbance[] MakeTraffic(Random random, TrafficChoice choice)
    {
        var count = random.Next(1, MostTraffic + 1);
        return [.. Enumerable.Range(0, count).Select(index => MakeDisturbance(random, choice == TrafficChoice.Any ? Kinds[random.Next(Kinds.Length)] : choice, index, count))];
    }

    private static TrafficDisturbance MakeDisturbance(Random random, TrafficChoice kind, int index, int count) => new(
        kind,
        (index + (0.8 * random.NextDouble())) / count,
        random.NextDouble() < 0.15 ? random.Next(BytesOfStart) : null,
        1 + random.Next(4096),
        0.05 + (3 * random.NextDouble() * random.NextDouble()));
}
