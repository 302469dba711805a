using FlGlm.Cli.Views;
using FlGlm.EndToEnd.Tests.Runs;
using Spectre.Console;

namespace FlGlm.EndToEnd.Tests.Views;

public sealed class TerminalViewTests
{
    private readonly StringWriter _output = new() { NewLine = "\n" };

    [Theory]
    [InlineData(80)]
    [InlineData(150)]
    public void A_message_above_the_bars_leaves_no_piece_of_them_on_its_line(int width)
    {
        var (shown, wrapped) = ("client 2 joined: garden", string.Join(' ', Enumerable.Repeat("word", 40)));
        using (var view = View(width))
        {
            view.Show(SampleSteps.Step with { Client = "harbour" });
            view.Message("information", shown);
            view.Show(SampleSteps.Step with { Client = "harbour" });
            view.Message("warning", wrapped);
            view.Message("information", "last");
        }

        var screen = new Screen(_output.ToString(), width).Lines;
        var messages = screen.TakeWhile(line => !line.Contains('━', StringComparison.Ordinal)).ToList();
        Assert.Equal([shown, "last"], [messages[0], messages[^1]]);
        Assert.Equal($"warning: {wrapped}", string.Join(' ', messages[1..^1]));
        Assert.Equal(40, screen[messages.Count].Length);
        Assert.StartsWith("harbour  step 40/100", screen[messages.Count + 1], StringComparison.Ordinal);
        Assert.Equal(1, screen.Count(line => line.Contains('━', StringComparison.Ordinal)));
    }

    private TerminalView View(int width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(_output),
        });
        console.Profile.Width = width;
        console.Profile.Height = 30;
        console.Profile.Capabilities.Unicode = true;
        return new TerminalView(console, insecure: false);
    }
}
