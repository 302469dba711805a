using System.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Core.Peft;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm merge</c>: head, middle and tail parts into one adapter directory or checkpoint.</summary>
internal sealed class MergeCommand
{
    private readonly Argument<string[]> _parts = new("PART")
    {
        Description = "The parts' directories, in any order.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "The directory to write.",
        HelpName = "DIR",
        Required = true,
    };

    public static Command Build(CommandHost host) => new MergeCommand().Declare(host);

    private Command Declare(CommandHost host) => host.Declare(
        new Command("merge", "Joins the parts that the two sides of a run wrote.") { _parts, _out },
        (parsed, output, _) =>
        {
            var (parts, target) = (parsed.GetRequiredValue(_parts), parsed.GetRequiredValue(_out));
            PartMerge.Join(parts, target);
            output.Write([$"{string.Join(" + ", parts)} -> {target}"], new { Parts = parts, Out = target });
            return Task.CompletedTask;
        });
}
