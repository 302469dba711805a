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
            var path = HomePath.Expand(parsed.GetRequiredValue(directory));
            var checkpoints = CheckpointSummary.ReadAll(RunDirectory.CheckpointsIn(path));
            if (checkpoints.Count == 0)
                throw new ConfigurationException("", $"'{path}' has no checkpoints: name the directory of a run of `flglm train`, `server` or `client`.");
            var goOn = GoOn(path, checkpoints);
            output.Write(Lines(path, checkpoints, goOn), new { Path = path, Checkpoints = checkpoints, Command = goOn });
            return Task.CompletedTask;
        });
    }

    /// <returns>null where no checkpoint is whole</returns>
    private static string? GoOn(string path, IReadOnlyList<CheckpointSummary> checkpoints)
    {
        if (checkpoints.LastOrDefault(each => each.Problem is null) is not { } whole)
            return null;
        var name = whole == checkpoints[^1] ? "" : $" {whole.Name}";
        return $"flglm {whole.Side} --resume{name} --set run.directory={(path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path)}";
    }

    private static IEnumerable<string> Lines(string path, IReadOnlyList<CheckpointSummary> checkpoints, string? goOn)
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

        yield return goOn is null ? "no checkpoint is whole" : $"go on: {goOn}";
    }
}
