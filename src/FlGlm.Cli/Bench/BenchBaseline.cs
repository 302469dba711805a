using System.Text.Json;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Cli.Simulation;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Bench;

/// <summary>Figures of earlier runs, in a file that is kept with the code, and what they are figures of.</summary>
/// <param name="Version">The program that has measured them.</param>
/// <param name="Configuration">The configuration of the runs, as YAML.</param>
/// <param name="Tolerance">How far a later run may be from them; edited by hand.</param>
/// <param name="Cells">By the cell's name.</param>
internal sealed record BenchBaseline(string Version, string Configuration, BenchTolerance Tolerance, IReadOnlyDictionary<string, BenchCell> Cells)
{
    /// <summary>A line a figure, so that a change of the file shows which have moved.</summary>
    private static readonly JsonSerializerOptions Lines = new(JsonLines.Readable) { WriteIndented = true };

    /// <summary>The figures of some runs.</summary>
    public static BenchBaseline Of(FlGlmConfig config, BenchTolerance tolerance, IEnumerable<CellResult> results) => new(
        ProgramVersion.Current,
        ConfigWriter.Write(config),
        tolerance,
        results.ToDictionary(result => result.Name, BenchCell.Of));

    /// <summary>Reads a baseline; null where there is no file.</summary>
    /// <exception cref="ConfigurationException">It is no baseline.</exception>
    public static BenchBaseline? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<BenchBaseline>(File.ReadAllText(path), JsonLines.Readable) is { Configuration: not null, Tolerance: not null, Cells: not null } baseline
                ? baseline
                : throw new ConfigurationException("--baseline", $"'{path}' is no baseline; --update writes one.");
        }
        catch (JsonException e)
        {
            throw new ConfigurationException("--baseline", $"'{path}' is no baseline: {e.Message} --update writes one.");
        }
    }

    /// <summary>Writes the file, or replaces it.</summary>
    public void Write(string path) => RunFile.Guard(path, () =>
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path + ".tmp", JsonSerializer.Serialize(this, Lines) + "\n");
        File.Move(path + ".tmp", path, overwrite: true);
    });

    /// <summary>Refuses to compare runs of another configuration.</summary>
    /// <param name="path">of the baseline, for messages</param>
    /// <exception cref="ConfigurationException">Every key that differs.</exception>
    public void ExpectSame(FlGlmConfig config, string path)
    {
        var differences = ConfigWriter.Differences(Measured() with { Run = config.Run }, config); // where a run is written changes nothing
        if (differences.Count > 0)
        {
            throw new ConfigurationException(
                [.. differences.Select(each => new Problem(each.Key, $"is {each.Second}, and the baseline '{path}' was measured with {each.First}; the same, or --update."))]);
        }
    }

    /// <summary>All figures of the baseline and of these runs, side by side.</summary>
    /// <param name="results">null where a run has not ended well</param>
    public IReadOnlyList<BenchFigure> Compare(IEnumerable<(string Cell, CellResult? Result)> results) =>
    [
        .. from run in results
           let now = run.Result is null ? [] : BenchCell.Of(run.Result).Figures().ToList()
           let before = Cells.TryGetValue(run.Cell, out var cell) ? cell.Figures().ToList() : []
           from name in before.Concat(now).Select(figure => figure.Name).Distinct().DefaultIfEmpty("all")
           select new BenchFigure(run.Cell, name, ValueOf(before, name), ValueOf(now, name), before.Concat(now).Any(figure => figure.Name == name && figure.IsLoss) ? Tolerance.Loss : Tolerance.Score),
    ];

    /// <summary>The configuration that it was measured with; files are what is read.</summary>
    private FlGlmConfig Measured()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Configuration);
            return ConfigFile.Load<FlGlmConfig>(file, [], sections: []).Settings;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static double? ValueOf(IEnumerable<(string Name, double Value, bool IsLoss)> figures, string name) =>
        figures.Where(figure => figure.Name == name).Select(figure => (double?)figure.Value).FirstOrDefault();
}
