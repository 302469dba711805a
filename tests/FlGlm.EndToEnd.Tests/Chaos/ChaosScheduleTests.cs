using System.Text.Json;
using FlGlm.Cli.Chaos;

namespace FlGlm.EndToEnd.Tests.Chaos;

public sealed class ChaosScheduleTests
{
    private static readonly IEnumerable<int> Seeds = Enumerable.Range(0, 200);

    [Fact]
    public void A_seed_gives_the_same_schedule_again_and_others_give_others()
    {
        var first = Seeds.Select(seed => Text(ChaosSchedule.Make(seed, KillChoice.Any, TrafficChoice.Any, clients: 2))).ToList();
        var second = Seeds.Select(seed => Text(ChaosSchedule.Make(seed, KillChoice.Any, TrafficChoice.Any, clients: 2))).ToList();

        Assert.Equal(first, second);
        Assert.Equal(first.Count, first.Distinct().Count());
    }

    [Fact]
    public void A_schedule_disturbs_what_is_chosen_and_nothing_else()
    {
        foreach (var seed in Seeds)
        {
            var server = ChaosSchedule.Make(seed, KillChoice.Server, TrafficChoice.None, clients: 3);
            Assert.InRange(server.Kills.Count, 1, 4);
            Assert.All(server.Kills, kill => Assert.Equal(0, Assert.Single(kill.Victims).Side));
            Assert.Empty(server.Traffic);

            var client = ChaosSchedule.Make(seed, KillChoice.Client, TrafficChoice.None, clients: 3);
            Assert.All(client.Kills, kill => Assert.InRange(Assert.Single(kill.Victims).Side, 1, 3));

            var both = ChaosSchedule.Make(seed, KillChoice.Both, TrafficChoice.None, clients: 3);
            Assert.All(both.Kills, kill => Assert.Equal([0, kill.Victims[1].Side], kill.Victims.Select(victim => victim.Side)));

            var cut = ChaosSchedule.Make(seed, KillChoice.None, TrafficChoice.Cut, clients: 3);
            Assert.Empty(cut.Kills);
            Assert.InRange(cut.Traffic.Count, 1, 6);
            Assert.All(cut.Traffic, each => Assert.Equal(TrafficChoice.Cut, each.Kind));
        }
    }

    [Fact]
    public void With_any_every_process_moment_and_kind_comes_and_no_run_is_left_alone()
    {
        var schedules = Seeds.Select(seed => ChaosSchedule.Make(seed, KillChoice.Any, TrafficChoice.Any, clients: 2)).ToList();

        Assert.All(schedules, schedule => Assert.True(schedule.Kills.Count + schedule.Traffic.Count > 0));
        Assert.Equal(Enum.GetValues<KillMoment>(), schedules.SelectMany(schedule => schedule.Kills).Select(kill => kill.Moment).Distinct().Order());
        Assert.Equal([0, 1, 2], schedules.SelectMany(schedule => schedule.Kills).SelectMany(kill => kill.Victims).Select(victim => victim.Side).Distinct().Order());
        Assert.Equal(
            [TrafficChoice.Cut, TrafficChoice.Delay, TrafficChoice.Duplicate, TrafficChoice.Reorder, TrafficChoice.Corrupt],
            schedules.SelectMany(schedule => schedule.Traffic).Select(each => each.Kind).Distinct().Order());
        Assert.All(schedules, schedule => Assert.Equal(schedule.Traffic.Select(each => each.At).Order(), schedule.Traffic.Select(each => each.At)));
    }

    private static string Text(ChaosSchedule schedule) => JsonSerializer.Serialize(schedule);
}
