using FlGlm.Cli.LocalRuns;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Chaos;

/// <summary>Compares two runs bit for bit: the losses of every step, and the tensors that each side has trained.</summary>
internal static class RunComparison
{
    /// <param name="expected">The undisturbed run.</param>
    /// <param name="found">The other one.</param>
    /// <returns>every difference in words; nothing where the runs are identical</returns>
    public static IReadOnlyList<string> Differences(LocalFolder expected, LocalFolder found) => [.. found.Sides.SelectMany(side =>
        Differences(expected.RunOf(side), found.RunOf(side)).Select(difference => $"{side}: {difference}"))];

    /// <summary>The differences of two run directories of one side.</summary>
    public static IEnumerable<string> Differences(string expected, string found)
    {
        var (before, after) = (RecordedRun.Read(expected), RecordedRun.Read(found));
        return Steps("step", before.Steps, after.Steps).Concat(Steps("validation loss after step", before.Validation, after.Validation)).Concat(Tensors(expected, found));
    }

    /// <summary>The first difference is named, for those behind it follow from it.</summary>
    private static IEnumerable<string> Steps<T>(string what, IReadOnlyDictionary<int, T> expected, IReadOnlyDictionary<int, T> found)
        where T : notnull
    {
        List<int> different = [.. expected.Keys.Union(found.Keys).Where(step => !Equals(expected.GetValueOrDefault(step), found.GetValueOrDefault(step))).Order()];
        if (different.Count == 0)
            yield break;
        var first = different[0];
        yield return $"{what} {first} is {Show(found, first)} where the undisturbed run has {Show(expected, first)}; {different.Count} of {expected.Count} differ";
    }

    private static string Show<T>(IReadOnlyDictionary<int, T> steps, int step)
        where T : notnull => steps.TryGetValue(step, out var value) ? value.ToString()! : "missing";

    private static IEnumerable<string> Tensors(string expected, string found)
    {
        var (before, after) = (TensorFiles(expected), TensorFiles(found));
        foreach (var name in before.Except(after))
            yield return $"{name} is missing";
        foreach (var name in after.Except(before))
            yield return $"{name} is too much";
        foreach (var name in before.Intersect(after))
        {
            foreach (var difference in TensorsOf(Path.Combine(expected, name), Path.Combine(found, name)))
                yield return $"{name}: {difference}";
        }
    }

    /// <summary>The files beside them have the run's id, which no two runs share.</summary>
    private static IReadOnlyList<string> TensorFiles(string run)
    {
        var folder = Path.Combine(run, "adapter");
        return !Directory.Exists(folder) ? [] : [.. Directory.EnumerateFiles(folder, "*.safetensors", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(run, path)).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> TensorsOf(string expected, string found)
    {
        ITensorFile? after = null;
        try
        {
            using var before = TensorFile.Open(expected);
            after = TensorFile.Open(found);
            return [.. before.Tensors.Keys.Union(after.Tensors.Keys).Order(StringComparer.Ordinal).Where(name => !IsSame(before, after, name)).Select(name => $"'{name}' differs")];
        }
        catch (CheckpointException e)
        {
            return [e.Message];
        }
        finally
        {
            after?.Dispose();
        }
    }

    private static bool IsSame(ITensorFile expected, ITensorFile found, string name) =>
        expected.Tensors.TryGetValue(name, out var before) && found.Tensors.TryGetValue(name, out var after)
        && before.ToString() == after.ToString() && Bytes(expected, before).AsSpan().SequenceEqual(Bytes(found, after));

    private static byte[] Bytes(ITensorFile file, TensorInfo tensor)
    {
        var bytes = new byte[tensor.ByteLength];
        file.CopyBytes(tensor, 0, bytes);
        return bytes;
    }
}
