using System.CommandLine;
using System.CommandLine.Parsing;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Inspection;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm inspect</c>: what a path holds, which blocks each stage would have, and what a run needs.</summary>
internal sealed class InspectCommand
{
    /// <summary>The configuration's sections that an inspection uses.</summary>
    private static readonly string[] Sections = ["split", "peft", "training", "compute"];

    private readonly RunOptions _run = new();

    private readonly Argument<string?> _path = new("PATH")
    {
        Description = "A checkpoint directory, with or without weights, an adapter directory, a config.json, or a tensor file; without it, model.path.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<SplitSettings?> _split = new("--split")
    {
        Description = "Blocks of head and tail, e.g. 1,1.",
        HelpName = "HEAD,TAIL",
        CustomParser = ParseSplit,
    };

    private readonly Option<bool> _tensors = new("--tensors")
    {
        Description = "List every tensor.",
    };

    public static Command Build(CommandHost host) => new InspectCommand().Declare(host);

    private Command Declare(CommandHost host) => host.Declare(
        new Command("inspect", "Shows what a checkpoint or adapter holds, which blocks each stage would have, and what a run needs.")
        {
            _path, _split, _tensors, _run.Config, _run.Set,
        },
        (parsed, output, _) =>
        {
            var (path, settings) = Read(parsed);
            var found = Inspector.Inspect(path, settings);
            var shown = parsed.GetValue(_tensors) ? found.Tensors : [];
            output.Write(
                Lines(found).Concat(shown.Select(tensor => tensor.ToString())),
                new { found.Path, found.Kind, found.Description, found.Parameters, found.Bytes, found.Parts, found.Footprint, found.Notes, Tensors = shown });
            return found.Refusal is { } refusal ? throw refusal : Task.CompletedTask;
        });

    /// <summary>Reads path and settings; without a configuration, cut and dtype follow from the model.</summary>
    private (string Path, InspectionSettings Settings) Read(ParseResult parsed)
    {
        var (file, overrides) = (parsed.GetValue(_run.Config), parsed.GetValue(_run.Set) ?? []);
        var config = ConfigFile.Load<FlGlmConfig>(file, overrides, Sections).Settings.Resolved();
        var settings = new InspectionSettings
        {
            Split = parsed.GetValue(_split) ?? (Says("split.") ? config.Split : null),
            Peft = config.Peft,
            Rows = config.Training.BatchSize,
            Length = config.Data.MaxLength,
            Precision = Says("compute.dtype=") ? config.Compute.Dtype : null,
            AttentionDropout = config.Training.AttentionDropout,
        };
        var path = parsed.GetValue(_path) ?? config.Model.Path;
        return path.Length > 0 ? (path, settings) : throw new ConfigurationException("model.path", "names no model; name a path to inspect, or a configuration with one.");

        bool Says(string key) => file is not null || overrides.Any(one => one.StartsWith(key, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Lines(Inspection.Inspection found)
    {
        yield return $"{found.Path}: {found.Kind}, {found.Description}";
        foreach (var line in found is { Footprint: { } planned, Parts.Count: 0 } ? FootprintLines.Parts(planned) : Stored(found))
            yield return line;
        foreach (var line in found.Footprint is { } footprint ? FootprintLines.Step(footprint) : [])
            yield return line;
    }

    private static IEnumerable<string> Stored(Inspection.Inspection found)
    {
        yield return $"{found.Tensors.Count} tensors, {found.Parameters:N0} parameters, {found.Bytes:N0} bytes ({string.Join(", ", found.Tensors.Select(t => t.Dtype).Distinct().Order())})";
        foreach (var part in found.Parts)
            yield return $"{part.Stage,-6}  {part.Blocks,-14}  {part.Tensors,5} tensors  {part.Parameters,15:N0} parameters  {part.Bytes,15:N0} bytes";
        foreach (var note in found.Notes)
            yield return note;
    }

    private static SplitSettings? ParseSplit(ArgumentResult result)
    {
        var numbers = result.Tokens[0].Value.Split(',');
        if (numbers.Length == 2 && ushort.TryParse(numbers[0], out var head) && ushort.TryParse(numbers[1], out var tail))
            return new SplitSettings { Head = head, Tail = tail };
        result.AddError($"'{result.Tokens[0].Value}' is no split; --split takes the blocks of head and tail, e.g. 1,1");
        return null;
    }
}
