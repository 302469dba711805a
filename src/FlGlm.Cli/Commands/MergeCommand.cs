using System.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm merge</c>: head, middle and tail parts into one adapter directory or checkpoint; or an adapter into its base model.</summary>
internal sealed class MergeCommand
{
    private readonly Argument<string[]> _parts = new("PART")
    {
        Description = "The parts' directories, or the runs' adapter directories that hold them, in any order; with --into-base also one whole adapter.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "The directory to write.",
        HelpName = "DIR",
        Required = true,
    };

    private readonly Option<string?> _base = new("--into-base")
    {
        Description = "The base model to add a LoRA adapter to: writes a checkpoint that needs no adapter.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _dtype = new("--dtype")
    {
        Description = "With --into-base, how weights are stored; the default is the base's.",
    };

    public static Command Build(CommandHost host) => new MergeCommand().Declare(host);

    private Command Declare(CommandHost host)
    {
        _dtype.AcceptOnlyFromAmong([.. StoredTypes.ByName.Keys]);
        return host.Declare(
            new Command("merge", "Joins the parts that the two sides of a run wrote, or adds an adapter to its base model.") { _parts, _out, _base, _dtype },
            (parsed, output, _) =>
            {
                var (parts, target) = (parsed.GetRequiredValue(_parts), parsed.GetRequiredValue(_out));
                var dtype = parsed.GetValue(_dtype);
                if (parsed.GetValue(_base) is { } model)
                    MergeIntoBase(output, parts, model, target, dtype);
                else if (dtype is not null)
                    throw new ConfigurationException("--dtype", "goes with --into-base; parts are joined as they are.");
                else
                    Join(output, parts, target);
                return Task.CompletedTask;
            });
    }

    private static void Join(CommandOutput output, string[] named, string target)
    {
        var parts = PartMerge.Join(named, target);
        output.Write([$"{string.Join(" + ", parts)} -> {target}"], new { Parts = parts, Out = target });
    }

    private static void MergeIntoBase(CommandOutput output, string[] parts, string model, string target, string? dtype)
    {
        var merged = BaseMerge.Write(parts, model, target, dtype is null ? null : StoredTypes.ByName[dtype]);
        var types = string.Join(" and ", merged.Types.Select(StoredTypes.NameOf));
        string[] lines =
        [
            .. merged.Warnings.Select(warning => $"warning: {warning}"),
            $"{string.Join(" + ", parts)} + {model} -> {target}",
            $"{target}: {merged.Tensors} tensors in {types}, {merged.Bytes:N0} bytes; LoRA added to {merged.Adapted}, {merged.Replaced} replaced whole; the model needs no adapter",
        ];
        output.Write(
            lines, new { Parts = parts, Base = model, Out = target, merged.Tensors, merged.Adapted, merged.Replaced, merged.Bytes, Dtype = types, merged.Warnings });
    }
}
