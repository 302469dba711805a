using FlGlm.EndToEnd.Tests.Processes;

namespace FlGlm.EndToEnd.Tests.BadInput;

/// <summary>The common checks of every refusal: exit code, one line that says what and where, and no unfinished files.</summary>
internal static class Refusal
{
    /// <summary>Runs a command in this process that must be refused.</summary>
    /// <param name="says">parts of its one line</param>
    public static async Task AssertAsync(SplitFolder folder, string[] args, int exitCode, params string[] says)
    {
        await using var run = InProcessFlGlm.Start(args);
        await AssertAsync(folder, run, exitCode, says);
    }

    /// <summary>Waits for a run that must be refused.</summary>
    public static Task AssertAsync(SplitFolder folder, RunningFlGlm run, int exitCode, params string[] says) =>
        AssertAsync(folder, run, exitCode, says, side: "");

    /// <param name="side">whose directory must hold nothing half done, while others still write; empty = all</param>
    public static async Task AssertAsync(SplitFolder folder, RunningFlGlm run, int exitCode, string[] says, string side)
    {
        await run.ExitsWithAsync(exitCode);
        AssertLine(run.Error.Lines, says);
        AssertNothingHalfDone(folder, side);
    }

    private static void AssertLine(IReadOnlyList<string> error, string[] says)
    {
        var line = Assert.Single(error);
        Assert.StartsWith("flglm: ", line, StringComparison.Ordinal);
        Assert.EndsWith(".", line.Replace("?", ".", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
        Assert.All(says, part => Assert.Contains(part, line, StringComparison.Ordinal));
    }

    private static void AssertNothingHalfDone(SplitFolder folder, string side = "")
    {
        Assert.Empty(folder.HalfWritten(side));
        Assert.False(Directory.Exists(folder.At("train")));
    }
}
