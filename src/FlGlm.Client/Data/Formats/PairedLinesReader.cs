using System.Text;
using System.Text.Json;
using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Formats;

/// <summary>
/// Reads two files of lines side by side, as GLM's summarisation data has them: a line of <c>NAME.source</c> belongs to the same line of
/// <c>NAME.target</c>, or of <c>NAME.document</c> to that of <c>NAME.summary</c>. The fields have the names of the endings.
/// </summary>
internal sealed class PairedLinesReader(IRowFields fields) : IRowReader
{
    private static readonly Dictionary<string, string> Targets = new(StringComparer.OrdinalIgnoreCase) { [".source"] = ".target", [".document"] = ".summary" };

    /// <summary>The file that stands beside one of sources or documents.</summary>
    internal static string? TargetOf(string path) =>
        Targets.TryGetValue(Path.GetExtension(path), out var target) ? Path.ChangeExtension(path, target) : null;

    public IEnumerable<DataRow> Read(DataFile file)
    {
        var target = TargetOf(file.Path) ?? throw new DataException(file.Path, null, $"'{file.Path}' is named neither .source nor .document, which would name the file of its answers.");
        var (sources, targets) = (file.OpenText(), file.OpenBeside(target).OpenText());
        var (source, answer) = (Name(file.Path), Name(target));
        for (var line = 1; ; line++)
        {
            var (hasSource, hasTarget) = (sources.TryReadLine(out var text), targets.TryReadLine(out var summary));
            if (!hasSource && !hasTarget)
                yield break;
            if (hasSource != hasTarget)
                throw new DataException(file.Path, line, $"'{(hasSource ? target : file.Path)}' ends before line {line}, which '{(hasSource ? file.Path : target)}' has; a line of one belongs to the same line of the other.");
            var place = new RowPlace(file.Path, line, IsLine: true);
            yield return fields.Read(place, JsonSerializer.SerializeToElement(new Dictionary<string, string> { [source] = Text(text), [answer] = Text(summary) }));
        }
    }

    private static string Name(string path) => Path.GetExtension(path)[1..].ToLowerInvariant();

    private static string Text(ReadOnlyMemory<byte> line) => Encoding.UTF8.GetString(line.Span).TrimEnd('\r');
}
