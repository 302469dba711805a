using System.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Client.Evaluation;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm scores</c>: several evaluations in one table, parts joined, with SuperGLUE's averages.</summary>
internal static class ScoresCommand
{
    public static Command Build(CommandHost host)
    {
        var folders = new Argument<string[]>("DIR")
        {
            Description = "Folders of evaluations that have ended; of an evaluation in parts, all of them.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("scores", "Shows evaluations in one table, joins parts, and averages the eight tasks of SuperGLUE.") { folders };
        return host.Declare(command, (parsed, output, _) =>
        {
            var scores = EvaluationScores.Read([.. parsed.GetRequiredValue(folders).Select(HomePath.Expand)]);
            output.Write(scores.Markdown().TrimEnd().Split('\n'), scores);
            return Task.CompletedTask;
        });
    }
}
