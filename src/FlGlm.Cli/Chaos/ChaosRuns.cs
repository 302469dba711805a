using System.Globalization;
using System.Text.Json;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.LocalRuns;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Chaos;

/// <summary>All runs of <c>flglm chaos</c>: an undisturbed one of each strategy and method, when it is needed first, and the disturbed ones.</summary>
/// <param name="settings">What to do.</param>
/// <param name="config">What all runs have in common.</param>
internal sealed class ChaosRuns(ChaosSettings settings, FlGlmConfig config)
{
    private readonly Dictionary<(StrategyName Strategy, PeftMethod Method), UndisturbedRun> _undisturbed = [];
    private readonly Lazy<(IReadOnlyList<string> Clients, IReadOnlyDictionary<string, KeysSettings> Keys)> _sides =
        new(() => LocalFolder.MakeKeys(Path.Combine(settings.Out, "keys"), settings.Clients));

    /// <summary>Runs them one after the other.</summary>
    /// <param name="progress">Called with a line for each.</param>
    /// <param name="ended">Called with each disturbed run.</param>
    /// <exception cref="LocalRunException">An undisturbed run does not end well.</exception>
    public async Task RunAsync(Action<string> progress, Action<ChaosResult> ended, CancellationToken ct)
    {
        foreach (var seed in Enumerable.Range(0, settings.Runs).Select(index => settings.Seed + index))
        {
            var what = settings.Of(seed);
            if (!_undisturbed.TryGetValue(what, out var expected))
            {
                expected = await UndisturbedAsync(what, ct);
                _undisturbed.Add(what, expected);
                progress(string.Create(CultureInfo.InvariantCulture, $"{NameOf(what)}: undisturbed, {expected.Seconds:0.0} s, {expected.Bytes:N0} bytes"));
            }

            ended(await DisturbedAsync(seed, what, expected, ct));
        }
    }

    private static string NameOf((StrategyName Strategy, PeftMethod Method) what) =>
        $"{EnumWords.Of(what.Strategy)}-{EnumWords.Of(what.Method)}";

    private async Task<UndisturbedRun> UndisturbedAsync((StrategyName Strategy, PeftMethod Method) what, CancellationToken ct) =>
        await new ChaosRun(Folder(NameOf(what), what), what.Strategy).RunUndisturbedAsync(ct);

    private async Task<ChaosResult> DisturbedAsync(int seed, (StrategyName Strategy, PeftMethod Method) what, UndisturbedRun expected, CancellationToken ct)
    {
        var folder = Folder($"seed-{seed.ToString(CultureInfo.InvariantCulture)}", what);
        var schedule = ChaosSchedule.Make(seed, settings.Kill, settings.Traffic, settings.Clients);
        Directory.CreateDirectory(folder.Path);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "schedule.json"), JsonSerializer.Serialize(schedule, JsonLines.Readable) + "\n", ct);
        var result = await new ChaosRun(folder, what.Strategy).RunDisturbedAsync(seed, schedule, expected, what.Method, ct);
        if (!result.IsIdentical)
            return result;
        Directory.Delete(folder.Path, recursive: true);
        return result with { Folder = null };
    }

    /// <summary>A lost client is waited for: a run that goes on without one cannot be repeated.</summary>
    private LocalFolder Folder(string name, (StrategyName Strategy, PeftMethod Method) what) => new(
        Path.Combine(settings.Out, name),
        config with
        {
            Peft = config.Peft with { Method = what.Method },
            Training = config.Training with { Strategy = what.Strategy },
            Clients = config.Clients with { Expected = settings.Clients, Names = _sides.Value.Clients, WhenLost = WhenLost.Wait, Minimum = 0 },
        },
        _sides.Value.Keys);
}
