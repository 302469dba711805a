using System.Text.Json;

namespace FlGlm.Cli.Runs;

/// <summary>validation.jsonl: a line per validation loss.</summary>
internal static class ValidationLog
{
    public static void Append(RunDirectory directory, int step, double loss) =>
        File.AppendAllText(Path.Combine(directory.Path, "validation.jsonl"), JsonSerializer.Serialize(new { step, loss }) + "\n");
}
