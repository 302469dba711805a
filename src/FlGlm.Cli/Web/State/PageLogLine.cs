namespace FlGlm.Cli.Web.State;

/// <summary>A line of a log.</summary>
/// <param name="Number">Counted from 1 over all sides of the page.</param>
/// <param name="Time">When it came.</param>
/// <param name="Level"><c>debug</c>, <c>information</c>, <c>warning</c> or <c>error</c>.</param>
internal sealed record PageLogLine(long Number, DateTimeOffset Time, string Level, string Text);
