using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Documents;

/// <summary>
/// The README's configuration, keys and two commands, word for word, in two folders with nothing but the clone's <c>demo</c> in them. Nothing is
/// replaced; the test only leaves out <c>./</c> and copies the public keys, as the owners of the two sides would.
/// </summary>
public sealed class ReadmeRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_readme_s_run_trains_between_two_processes()
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        var readme = new Document("README.md");
        foreach (var side in (string[])["gpu", "clinic"])
        {
            Directory.CreateDirectory(_folder.At(side));
            Directory.CreateSymbolicLink(_folder.At(side, "demo"), RepositoryFolder.At("demo"));
            File.WriteAllText(_folder.At(side, "run.yaml"), Assert.Single(readme.Blocks("yaml")));
            await ExitsAsync(FlGlmProcess.StartIn(_folder.At(side), Words(readme, $"keys --name {side} ")));
        }

        File.Copy(_folder.At("gpu", "keys", "identity.pub"), _folder.At("clinic", "gpu.pub"));
        File.Copy(_folder.At("clinic", "keys", "identity.pub"), _folder.At("gpu", "clinic.pub"));
        await ExitsAsync(FlGlmProcess.StartIn(_folder.At("clinic"), Words(readme, "keys --trust gpu.pub ")));
        await ExitsAsync(FlGlmProcess.StartIn(_folder.At("gpu"), Words(readme, "keys --trust gpu.pub ").Select(word => word.Replace("gpu", "clinic", StringComparison.Ordinal))));

        await using var server = FlGlmProcess.StartIn(_folder.At("gpu"), Words(readme, "server --config run.yaml"));
        await using var client = FlGlmProcess.StartIn(_folder.At("clinic"), Words(readme, "client --config run.yaml"));
        await client.ExitsWithAsync(0);
        await server.ExitsWithAsync(0);

        var run = Assert.Single(Directory.GetDirectories(_folder.At("clinic", "runs")));
        Assert.Equal(100, File.ReadLines(Path.Combine(run, "metrics.jsonl")).Count());
        Assert.True(File.Exists(Path.Combine(run, "adapter", "adapter_model.safetensors")));
    }

    private static IEnumerable<string> Words(Document readme, string start) =>
        readme.FlGlmLines.First(line => $"{line} ".StartsWith($"{start.Trim()} ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static async Task ExitsAsync(FlGlmProcess process)
    {
        await using (process)
            await process.ExitsWithAsync(0);
    }
}
