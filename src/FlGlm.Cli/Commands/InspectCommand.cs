using System.CommandLine;
using System.CommandLine.Parsing;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Inspection;
using FlGlm.Core.Planning;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm inspect</c>: what a path holds, and which part would lie where.</summary>
internal sealed class InspectCommand
{
    private readonly Argument<string> _path = new("PATH")
    {
        Description = "A checkpoint directory, an adapter directory, or a tensor file.",
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
        new Command("inspect", "Shows what a checkpoint or adapter holds, and which part would lie where.") { _path, _split, _tensors },
        (parsed, output, _) =>
        {
            var found = Inspector.Inspect(parsed.GetRequiredValue(_path), parsed.GetValue(_split));
            var shown = parsed.GetValue(_tensors) ? found.Tensors : [];
            output.Write(
                Lines(found).Concat(shown.Select(tensor => tensor.ToString())),
                new { found.Path, found.Kind, found.Description, found.Parameters, found.Bytes, found.Parts, found.Notes, Tensors = shown });
            return Task.CompletedTask;
        });

    private static IEnumerable<string> Lines(Inspection.Inspection found)
    {
        yield return $"{found.Path}: {found.Kind}, {found.Description}";
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
