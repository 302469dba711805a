namespace FlGlm.Cli.Web.State;

/// <summary>The last lines of a log. Not for several threads at once.</summary>
internal sealed class PageLog
{
    /// <summary>The most lines that are kept.</summary>
    public const int Capacity = 200;

    private const int LongestLine = 2000;
    private readonly Queue<PageLogLine> _lines = new();

    public void Add(PageLogLine line)
    {
        if (_lines.Count == Capacity)
            _lines.Dequeue();
        _lines.Enqueue(line.Text.Length <= LongestLine ? line : line with { Text = line.Text[..LongestLine] + "..." });
    }

    /// <summary>The lines after one.</summary>
    public IReadOnlyList<PageLogLine> After(long number) => [.. _lines.Where(line => line.Number > number)];
}
