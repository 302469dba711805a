using System.CommandLine;
using System.Globalization;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Simulation;

/// <summary>The options of commands that run the cells of a configuration.</summary>
/// <param name="command">Its name, which a folder without a name of its own begins with.</param>
internal sealed class SimulateOptions(string command)
{
    private readonly Option<string?> _out = new("--out")
    {
        Description = $"The folder of runs and results; one of the same configuration is gone on with. Without it runs/{command}-TIMESTAMP.",
        HelpName = "DIR",
    };

    private readonly Option<int> _jobs = new("--jobs")
    {
        Description = "How many cells run at a time.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_out, _jobs];

    /// <summary>The simulation that was asked for.</summary>
    /// <inheritdoc cref="Simulation.Open"/>
    public Simulation Open(ParseResult parsed, FlGlmConfig config)
    {
        var folder = parsed.GetValue(_out) ?? Path.Combine("runs", $"{command}-{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}");
        return Simulation.Open(config, Path.GetFullPath(HomePath.Expand(folder)), parsed.GetValue(_jobs));
    }
}
