using System.Globalization;
using System.Text.Json;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;

namespace FlGlm.Cli.Chaos;

/// <summary>The results of all disturbed runs.</summary>
/// <param name="Runs">In their order.</param>
/// <param name="Identical">How many are.</param>
/// <param name="RecoveryMedianS">Of all restarts, seconds; null without restarts.</param>
/// <param name="RecoveryMaxS">The longest.</param>
internal sealed record ChaosReport(IReadOnlyList<ChaosResult> Runs, int Identical, double? RecoveryMedianS, double? RecoveryMaxS)
{
    /// <summary>The report of some runs.</summary>
    public static ChaosReport Of(IReadOnlyList<ChaosResult> runs)
    {
        List<double> recovery = [.. runs.SelectMany(run => run.Recovery).Order()];
        return new ChaosReport(runs, runs.Count(run => run.IsIdentical), recovery.Count == 0 ? null : recovery[recovery.Count / 2], recovery.Count == 0 ? null : recovery[^1]);
    }

    /// <summary>A run as a line, when it has ended.</summary>
    public static string Line(ChaosResult run) => Text(
        $"seed {run.Seed}: {EnumWords.Of(run.Strategy)}, {EnumWords.Of(run.Method)}, {Count(run.Kills.Count, "kill")}, {Count(run.Traffic.Count, "disturbance")}: {run.Result}, {run.Seconds:0.0} s{Longest(run)}{Why(run)}");

    /// <summary>Writes report.json and report.md.</summary>
    /// <param name="repeat">The command that repeats a run, of its seed.</param>
    public void Write(string folder, Func<int, string> repeat)
    {
        File.WriteAllText(Path.Combine(folder, "report.json"), JsonSerializer.Serialize(this, JsonLines.Readable) + "\n");
        File.WriteAllText(Path.Combine(folder, "report.md"), string.Join('\n', Table().Concat(Runs.Where(run => !run.IsIdentical).SelectMany(run => Details(run, repeat(run.Seed))))) + "\n");
    }

    /// <summary>A table of all runs, as Markdown.</summary>
    public IEnumerable<string> Table()
    {
        yield return "| Seed | Strategy | Method | Kills | Traffic | Result | Seconds | Recovery, s |";
        yield return "|---|---|---|---|---|---|---|---|";
        foreach (var run in Runs)
        {
            yield return Text(
                $"| {run.Seed} | {EnumWords.Of(run.Strategy)} | {EnumWords.Of(run.Method)} | {run.Kills.Count} | {string.Join(", ", run.Traffic.Select(each => each.Split(' ')[0]))} | {run.Result} | {run.Seconds:0.0} | {string.Join(", ", run.Recovery.Select(each => Text($"{each:0.0}")))} |");
        }

        yield return "";
        yield return Text($"{Identical} of {Runs.Count} runs are identical to the undisturbed ones, with {Runs.Sum(run => run.Kills.Count)} kills and {Runs.Sum(run => run.Traffic.Count)} disturbances of the traffic, in {Runs.Sum(run => run.Seconds):0} s.");
        if (RecoveryMedianS is { } median)
            yield return Text($"From \"model and data are loaded\" after a restart to the next step: median {median:0.0} s, longest {RecoveryMaxS:0.0} s.");
    }

    private static IEnumerable<string> Details(ChaosResult run, string repeat) =>
    [
        "", Text($"## Seed {run.Seed}: {run.Result}"), "", $"`{repeat}` repeats its schedule; its files are in `{run.Folder}`.", "",
        .. new[] { run.Failure }.OfType<string>().Concat(run.Differences).Concat(run.Kills.Select(kill => $"killed: {kill}")).Concat(run.Traffic.Select(each => $"traffic: {each}")).Select(line => $"- {line}"),
        .. run.LastLines.Select(line => $"      {line}"),
    ];

    private static string Longest(ChaosResult run) => run.Recovery.Count == 0 ? "" : Text($", recovery {run.Recovery.Max():0.0} s");

    private static string Why(ChaosResult run) => run.IsIdentical ? "" : $": {run.Failure ?? run.Differences[0]} ({run.Folder})";

    private static string Count(int count, string what) => Text($"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
