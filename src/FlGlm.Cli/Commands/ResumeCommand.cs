using System.CommandLine;
using System.Globalization;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm resume</c>: the checkpoints in a run directory, and the command that goes on with them.</summary>
internal static class ResumeCommand
{
    public static Command Build(CommandHost host)
    {
        var directory = new Argument<string>("DIR") { Description = "A run directory." };
        var command = new Command("resume", "Shows the checkpoints in a run directory, whether they are whole, and the command that goes on with them.") { directory };
        return host.Declare(command, (parsed, output, _) =>
        {
            var path = WholeOf(HomePath.Expand(parsed.GetRequiredValue(directory)));
            if (RunDirectory.RanksIn(path) is { Count: > 0 } ranks)
                WriteAll(output, path, [.. ranks.Select(rank => (rank, Read(rank)))]);
            else
                WriteOne(output, path, Read(path));
            return Task.CompletedTask;
        });
    }

    /// <summary>The run directory, where the folder of one of its servers is named.</summary>
    private static string WholeOf(string path)
    {
        var folder = Path.TrimEndingDirectorySeparator(path);
        return Path.GetDirectoryName(folder) is { Length: > 0 } whole && RunDirectory.RanksIn(whole).Contains(folder) ? whole : path;
    }

    private static IReadOnlyList<CheckpointSummary> Read(string path) => CheckpointSummary.ReadAll(RunDirectory.CheckpointsIn(path)) is { Count: > 0 } checkpoints
        ? checkpoints
        : throw new ConfigurationException("", $"'{path}' has no checkpoints: name the directory of a run of `flglm train`, `server` or `client`.");

    private static void WriteOne(CommandOutput output, string path, IReadOnlyList<CheckpointSummary> checkpoints)
    {
        var goOn = checkpoints.LastOrDefault(each => each.Problem is null) is { } whole ? Command(path, whole.Side, whole == checkpoints[^1] ? "" : whole.Name) : null;
        output.Write([.. Lines(path, checkpoints), GoOn(goOn)], new { Path = path, Checkpoints = checkpoints, Command = goOn });
    }

    /// <summary>Of several servers, which go on with the newest turn that all have.</summary>
    private static void WriteAll(CommandOutput output, string path, IReadOnlyList<(string Path, IReadOnlyList<CheckpointSummary> Checkpoints)> ranks)
    {
        var whole = ranks.Select(rank => rank.Checkpoints.Where(each => each.Problem is null).Select(each => each.Name)).Aggregate((one, other) => one.Intersect(other)).LastOrDefault();
        var areNewestWhole = ranks.All(rank => rank.Checkpoints[^1].Problem is null);
        var goOn = whole is null ? null : string.Create(CultureInfo.InvariantCulture, $"mpirun -np {ranks.Count} {Command(path, "server", areNewestWhole ? "" : whole)}");
        output.Write(
            [.. ranks.SelectMany(rank => Lines(rank.Path, rank.Checkpoints)), GoOn(goOn)],
            new { Path = path, Ranks = ranks.Select(rank => new { rank.Path, rank.Checkpoints }).ToList(), Command = goOn });
    }

    /// <param name="checkpoint">empty = the newest</param>
    private static string Command(string path, string side, string checkpoint) =>
        $"flglm {side} --resume{(checkpoint.Length > 0 ? $" {checkpoint}" : "")} --set run.directory={(path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path)}";

    private static string GoOn(string? command) => command is null ? "no checkpoint is whole" : $"go on: {command}";

    private static IEnumerable<string> Lines(string path, IReadOnlyList<CheckpointSummary> checkpoints)
    {
        var width = Math.Max("checkpoint".Length, checkpoints.Max(each => each.Name.Length));
        yield return $"{path}: {checkpoints.Count} checkpoint(s) of `flglm {checkpoints.LastOrDefault(each => each.Side.Length > 0)?.Side ?? "?"}`";
        yield return $"{"checkpoint".PadRight(width)}      step  round          bytes  written (UTC)";
        foreach (var each in checkpoints)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{each.Name.PadRight(width)}  {each.Step,8}  {each.Round,5}  {each.Bytes,13:N0}  {each.Written:yyyy-MM-dd HH:mm:ss}  {each.Problem ?? "whole"}");
        }
    }
}
