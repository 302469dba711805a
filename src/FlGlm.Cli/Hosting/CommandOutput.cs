using System.Text.Json;

namespace FlGlm.Cli.Hosting;

/// <summary>Where a command without a run directory writes its results: lines for people, or JSON objects for machines.</summary>
internal sealed class CommandOutput(TextWriter output, bool json)
{
    /// <summary>Whether a person reads it as it is written.</summary>
    public bool IsTerminal { get; init; } = !json && output == Console.Out && !Console.IsOutputRedirected;

    /// <summary>Writes a piece of a text while it comes.</summary>
    public void WritePiece(string piece)
    {
        output.Write(piece);
        output.Flush();
    }

    /// <summary>Writes the result in the form that was asked for.</summary>
    /// <param name="lines">For people.</param>
    /// <param name="result">For machines; its properties become snake_case.</param>
    public void Write(IEnumerable<string> lines, object result)
    {
        if (json)
            output.WriteLine(JsonSerializer.Serialize(result, JsonLines.Readable));
        else
            foreach (var line in lines)
                output.WriteLine(line);
    }
}
