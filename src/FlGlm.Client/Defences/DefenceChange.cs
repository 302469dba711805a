using System.Globalization;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Defences;

/// <summary>Compares the settings of a defence when a run began with those that it is to go on with.</summary>
internal static class DefenceChange
{
    private const string Budget = "privacy.budget";

    /// <param name="began">of a checkpoint; null = it does not say</param>
    /// <param name="now">of this process</param>
    /// <exception cref="ConfigurationException">They differ in more than a budget that has grown; every key is named.</exception>
    public static void Expect(IReadOnlyDictionary<string, string>? began, IReadOnlyDictionary<string, string> now)
    {
        if (began is null)
            return;
        Problem[] problems =
        [
            .. began.Keys.Union(now.Keys).Where(key => HasChanged(key, Value(began, key), Value(now, key)))
                .Order(StringComparer.Ordinal).Select(key => new Problem(key, Words(key, Value(began, key), Value(now, key)))),
        ];
        if (problems.Length > 0)
            throw new ConfigurationException(problems);
    }

    /// <summary>What is no setting, such as a secret, differs only where both have it: it comes and goes with the settings that need it.</summary>
    private static bool HasChanged(string key, string? began, string? now) =>
        began != now && !(key == Budget && HasGrown(began, now)) && (key.StartsWith("privacy.", StringComparison.Ordinal) || (began is not null && now is not null));

    private static string? Value(IReadOnlyDictionary<string, string> settings, string key) => settings.GetValueOrDefault(key);

    private static string Words(string key, string? began, string? now) =>
        $"{began ?? "not set"} when the run began, {now ?? "not set"} now; {(key == Budget ? "a run goes on with the same budget or a larger one" : "a run goes on with the defences that it began with")}.";

    private static bool HasGrown(string? began, string? now) =>
        double.TryParse(began, CultureInfo.InvariantCulture, out var then) && double.TryParse(now, CultureInfo.InvariantCulture, out var larger) && larger > then;
}
