using FlGlm.Cli.LocalRuns;

namespace FlGlm.Cli.Chaos;

/// <summary>A run that nothing has disturbed: what others must equal, and what their schedules are shares of.</summary>
/// <param name="Folder">Its files.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="StartSeconds">How long until its first step.</param>
/// <param name="Bytes">What passed between clients and server.</param>
internal sealed record UndisturbedRun(LocalFolder Folder, double Seconds, double StartSeconds, long Bytes)
{
    /// <summary>The steps of each client.</summary>
    public IReadOnlyList<RecordedRun> Clients { get; } = [.. Folder.Clients.Select(name => RecordedRun.Read(Folder.RunOf(name)))];
}
