using System.Collections.Concurrent;
using System.Globalization;

namespace FlGlm.Testing;

/// <summary>
/// The worst deviation of every quantity that a test run compared with a reference. Where FLGLM_DEVIATIONS names a file, they are
/// written there when the run ends, below a line that says which fixtures were used and where they were computed.
/// </summary>
public static class WorstDeviations
{
    private static readonly ConcurrentDictionary<Tolerance, double> Worst = new();

    static WorstDeviations()
    {
        if (Environment.GetEnvironmentVariable("FLGLM_DEVIATIONS") is { Length: > 0 } path)
            AppDomain.CurrentDomain.ProcessExit += (_, _) => File.WriteAllLines(path, Lines());
    }

    internal static void Record(Tolerance tolerance, double deviation) =>
        Worst.AddOrUpdate(tolerance, deviation, (_, worst) => Math.Max(worst, deviation));

    private static IEnumerable<string> Lines() =>
    [
        $"fixtures {FixtureSet.Folder}, device {TestDevice.Name}",
        .. Worst.OrderBy(entry => entry.Key.Quantity, StringComparer.Ordinal).Select(entry => string.Create(
            CultureInfo.InvariantCulture,
            $"{entry.Key.Quantity,-40} {entry.Value:E1} of {entry.Key.Limit:E1} {(entry.Key.IsRelative ? "relative" : "absolute")}")),
    ];
}
