using Spectre.Console;
using Spectre.Console.Rendering;

namespace FlGlm.Cli.Views;

/// <summary>
/// A message above a live display. The display moves the cursor to its own first line before a message is written; everything from there on is
/// erased first, or its bars would remain to the right of a message that is shorter.
/// </summary>
internal sealed class LogLine(string message, Style style) : Renderable
{
    private const string EraseToEndOfScreen = "\e[J";

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
        [Segment.Control(EraseToEndOfScreen), .. ((IRenderable)new Text(message, style)).Render(options, maxWidth), Segment.LineBreak];
}
