using System.Text.RegularExpressions;
using FlGlm.Cli.Runs;
using FlGlm.Client.Data;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using FlGlm.Privacy.Settings;

namespace FlGlm.Cli.Privacy;

/// <summary>The cells of a privacy report: at each depth a run without a defence, and one for each strength of every defence.</summary>
internal static partial class PrivacyGrid
{
    private const string Key = "privacy_report.defences";

    /// <summary>All cells, those without a defence first at each depth, each with a name of its own.</summary>
    /// <exception cref="ConfigurationException">A strength is no setting, or not a valid one.</exception>
    public static IReadOnlyList<PrivacyCell> Cells(FlGlmConfig config)
    {
        IReadOnlyList<PrivacyCell> cells =
        [
            .. from head in config.PrivacyReport.Heads ?? [config.Split.Head]
               let own = config with { PrivacyReport = new(), Privacy = new PrivacySettings(), Split = config.Split with { Head = head } }
               let bare = new PrivacyCell($"head{head}", head, "", "", $"head{head}", own)
               from cell in Defended(bare, config.PrivacyReport.Defences).Prepend(bare)
               select cell,
        ];
        var same = cells.CountBy(cell => cell.Name).FirstOrDefault(name => name.Value > 1).Key;
        return same is null ? cells : throw new ConfigurationException(Key, $"has two names that give one folder, '{same}'; others, in small letters and digits.");
    }

    /// <summary>All cells, of which each has a plan that fits the model, rows of the client and rows of the attacker.</summary>
    /// <exception cref="FlGlmException">One has not.</exception>
    public static IReadOnlyList<PrivacyCell> CheckedCells(FlGlmConfig config)
    {
        if (config.PrivacyReport.Shadow.Count == 0)
            throw new ConfigurationException("privacy_report.shadow", "names no file; an inverter is trained on rows of the attacker's own.");
        var cells = Cells(config);
        using var checkpoint = HfCheckpoint.Open(config.Model.Path);
        var family = ModelFamily.Of(checkpoint);
        foreach (var cell in cells)
            Check(cell, checkpoint, family);
        foreach (var data in cells.Select(cell => cell.Config.Data).DistinctBy(ConfigWriter.Write))
        {
            Dataset.Load(data, config.Model.Path, int.MaxValue).Dispose();
            Dataset.Load(data with { Train = config.PrivacyReport.Shadow, Validation = [], Partition = new() }, config.Model.Path, int.MaxValue).Dispose();
        }

        return cells;
    }

    private static IEnumerable<PrivacyCell> Defended(PrivacyCell bare, IReadOnlyDictionary<string, IReadOnlyList<string>> defences) =>
        from defence in defences
        let word = Word().Replace(defence.Key.ToLowerInvariant(), "-").Trim('-')
        from strength in defence.Value.Index()
        let config = Changed(bare.Config, defence.Key, strength.Item)
        select new PrivacyCell($"{bare.Name}-{word}-{strength.Index + 1}", config.Split.Head, defence.Key, strength.Item, bare.Name, config);

    private static FlGlmConfig Changed(FlGlmConfig own, string defence, string strength)
    {
        try
        {
            var changed = ConfigFile.Change(own, Blank().Split(strength.Trim()));
            List<Problem> problems = [.. Problems(changed).Except(Problems(own))];
            return problems.Count == 0 ? changed : throw new ConfigurationException(problems);
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException([.. e.Problems.Select(problem => new Problem(Key, $"'{strength}' of '{defence}': {problem with { Where = null }}"))]);
        }
    }

    private static IEnumerable<Problem> Problems(FlGlmConfig config) =>
        [.. Named("privacy", config.Privacy), .. Named("split", config.Split), .. Named("peft", config.Peft), .. Named("training", config.Training), .. Named("data", config.Data)];

    private static IEnumerable<Problem> Named(string section, IValidated settings) => settings.Validate().Select(problem => problem with { Key = $"{section}.{problem.Key}" });

    private static void Check(PrivacyCell cell, HfCheckpoint checkpoint, ModelFamily family)
    {
        try
        {
            RunPlanner.Create(checkpoint, family, LibraryOptions.Plan(cell.Config));
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException([.. e.Problems.Select(problem => problem with { Message = $"of the cell {cell.Name}: {problem.Message}" })]);
        }
    }

    /// <summary>Between two settings; a value may have blanks.</summary>
    [GeneratedRegex(@"\s+(?=[a-z_.]+=)")]
    private static partial Regex Blank();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Word();
}
