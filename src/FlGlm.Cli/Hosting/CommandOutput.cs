namespace FlGlm.Cli.Hosting;

/// <summary>The results of a command without a run directory: lines of text, or JSON objects for other programs.</summary>
internal sealed class CommandOutput(TextWriter output, bool json)
{
    /// <summary>Whether the output is shown on a terminal.</summary>
    public bool IsTerminal { get; init; } = !json && output == Console.Out && !Console.IsOutputRedirected;

    /// <summary>Writes a piece of a text at once.</summary>
    public void WritePiece(string piece)
    {
        output.Write(piece);
        output.Flush();
    }

    /// <summary>Writes the result as text or as JSON.</summary>
    /// <param name="lines">The result as text.</param>
    /// <param name="result">The object for JSON; its properties are written in snake_case.</param>
    /// <param name="event">What the JSON line is.</param>
    public void Write(IEnumerable<string> lines, object result, string @event = "result")
    {
        if (json)
            output.WriteLine(JsonLines.Line(@event, result));
        else
            foreach (var line in lines)
                output.WriteLine(line);
    }
}
