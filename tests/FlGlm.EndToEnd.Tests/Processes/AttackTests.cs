using System.Globalization;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Server with a tap, client, and attack, each a process of its own.</summary>
public sealed class AttackTests : IDisposable
{
    private readonly SplitFolder _folder = new() { Insecure = true };

    public void Dispose() => _folder.Dispose();

    [Fact(Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task A_recorded_run_is_attacked_on_every_channel_and_the_naked_boundary_is_broken()
    {
        await using (var server = FlGlmProcess.Start(_folder.Server($"server.tap={_folder.At("tap")}")))
        {
            await using var client = FlGlmProcess.Start(_folder.Client("ada", await server.AddressAsync()));
            await client.ExitsWithAsync(0);
            await server.ExitsWithAsync(0);
        }

        _folder.Write("other.txt", "In the garden the fig tree had seven leaves, and each week it grew another one. "u8.ToArray());
        await using var attack = FlGlmProcess.Start(_folder.Attack(
            "tap",
            ["--shadow", _folder.At("other.txt"), "--steps", "5", "--rows", "8", "--match-rows", "1", "--match-steps", "5", "--seeds", "2", "--out", _folder.At("attacks")]));
        await attack.ExitsWithAsync(0);

        Assert.Contains("# What the server can learn", File.ReadAllText(_folder.At("attacks", "attacks.md")), StringComparison.Ordinal);
        var channels = Rows("channels.csv");
        Assert.Equal(
            ["h up", "h down", "g up", "g down", "g up and down", "joint", "adapters", "embedding change", "counts", "sizes and times"], channels.Skip(1).Select(row => row[0]).Distinct());
        var attacks = Rows("attacks.csv");
        var nearest = Assert.Single(attacks, row => row[0] == "nearest neighbour");
        Assert.True(Percent("positive control") >= Percent("constant baseline") + 20, string.Join(' ', nearest));

        double Percent(string column) => double.Parse(nearest[Array.IndexOf(attacks[0], column)], CultureInfo.InvariantCulture);
    }

    private string[][] Rows(string file) => [.. File.ReadLines(_folder.At("attacks", file)).Select(line => line.Split(','))];
}
