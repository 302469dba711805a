using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm config</c>: the keys of a configuration, what each is and takes, and the value that it has here.</summary>
internal sealed class ConfigCommand
{
    private const int WidestColumn = 32;
    private readonly RunOptions _run = new();

    private readonly Argument<string?> _key = new("KEY")
    {
        Description = "A key, such as optimizer.learning_rate, or a section, such as optimizer; without it all keys.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Build(CommandHost host) => new ConfigCommand().Declare(host);

    private Command Declare(CommandHost host) => host.Declare(
        new Command("config", "Shows the configuration's keys: what each is, its default, what it takes, its value and where that comes from.") { _key, _run.Config, _run.Set },
        (parsed, output, _) =>
        {
            var entries = Find(Read(parsed), parsed.GetValue(_key));
            output.Write(entries is [var only] && only.Key == parsed.GetValue(_key) ? Whole(only) : Table(entries), new { Keys = entries });
            return Task.CompletedTask;
        });

    /// <summary>All keys; values are not checked, so that a configuration which no run takes can be looked at.</summary>
    private IReadOnlyList<ConfigEntry> Read(ParseResult parsed)
    {
        var loaded = ConfigFile.Load<FlGlmConfig>(parsed.GetValue(_run.Config), parsed.GetValue(_run.Set) ?? [], sections: []);
        return ConfigEntries.Of(loaded with { Settings = loaded.Settings.Resolved() });
    }

    private static IReadOnlyList<ConfigEntry> Find(IReadOnlyList<ConfigEntry> all, string? name)
    {
        if (name is null)
            return all;
        List<ConfigEntry> found = [.. all.Where(entry => entry.Key == name || entry.Key.StartsWith(name + ".", StringComparison.Ordinal))];
        return found.Count > 0 ? found : throw Unknown(name, all);
    }

    private static ConfigurationException Unknown(string name, IReadOnlyList<ConfigEntry> all)
    {
        var sections = all.SelectMany(entry => entry.Key.Index().Where(letter => letter.Item == '.').Select(dot => entry.Key[..dot.Index])).Distinct();
        var meant = all.FirstOrDefault(entry => entry.Key.EndsWith("." + name, StringComparison.Ordinal))?.Key ?? NearestName.Of(name, all.Select(entry => entry.Key).Concat(sections));
        return new ConfigurationException("", $"'{name}' is no key and no section; {(meant is null ? "" : $"did you mean '{meant}'? ")}`flglm config` shows all.");
    }

    private static IEnumerable<string> Table(IReadOnlyList<ConfigEntry> entries)
    {
        string[][] rows = [["key", "value", "default", "unit", "from", "takes"], .. entries.Select(Cells)];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => Math.Min(WidestColumn, rows.Max(row => row[column].Length)))];
        return rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private static string[] Cells(ConfigEntry entry) => [entry.Key, entry.Value, entry.Default, entry.Unit, Source(entry), entry.Takes];

    private static IEnumerable<string> Whole(ConfigEntry entry) =>
    [
        $"{entry.Key}: {entry.Value}",
        .. entry.Summary.Length > 0 ? [entry.Summary] : Array.Empty<string>(),
        $"default: {entry.Default}",
        .. entry.Unit.Length > 0 ? [$"unit:    {entry.Unit}"] : Array.Empty<string>(),
        $"takes:   {entry.Takes}",
        .. entry.Words.Select(word => $"           {word.Key}{(word.Value.Length > 0 ? $": {word.Value}" : "")}"),
        $"from:    {Source(entry)}",
    ];

    private static string Source(ConfigEntry entry) => entry.Where ?? "default";
}
