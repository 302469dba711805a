using FlGlm.Cli.Views;
using FlGlm.Cli.Web.State;
using FlGlm.Core.Events;

namespace FlGlm.Cli.Web;

/// <summary>Shows a run in another view, and on a tab of the page.</summary>
internal sealed class PageView(IRunView shown, SideState side) : IRunView
{
    public void Show(RunEvent happened)
    {
        shown.Show(happened);
        side.Show(happened);
    }

    public void Message(string level, string message)
    {
        shown.Message(level, message);
        side.Message(level, message);
    }

    public void Result(IEnumerable<string> lines, object result)
    {
        List<string> all = [.. lines];
        shown.Result(all, result);
        foreach (var line in all)
            side.Message("information", line);
    }

    /// <summary>Whoever has made the other view disposes of it.</summary>
    public void Dispose()
    {
    }
}
