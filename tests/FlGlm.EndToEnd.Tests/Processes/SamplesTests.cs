using System.Globalization;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>The sample programs, as the solution builds them.</summary>
public sealed class SamplesTests
{
    private static readonly string Model = RepositoryFolder.At("demo", "model");
    private static readonly string Harbour = RepositoryFolder.At("demo", "data", "harbour.jsonl");
    private static readonly string Garden = RepositoryFolder.At("demo", "data", "garden.jsonl");

    [Fact]
    public async Task One_process_trains()
    {
        await using var sample = FlGlmProcess.StartProgram("01-OneProcess", [Model, Harbour, "6"]);

        await sample.ExitsWithAsync(0);

        AssertFalls(Losses(sample, "step "), 6);
        Assert.Empty(sample.Error.Lines);
    }

    [Fact]
    public async Task Two_clients_train_with_a_server()
    {
        await using var sample = FlGlmProcess.StartProgram("02-TwoClients", [Model, Harbour, Garden, "4"]);

        await sample.ExitsWithAsync(0);

        AssertFalls(Losses(sample, "client-1 step "), 4);
        AssertFalls(Losses(sample, "client-2 step "), 4);
        Assert.Equal("server: Complete", sample.Output.Lines[^1]);
        Assert.Empty(sample.Error.Lines);
    }

    private static List<double> Losses(FlGlmProcess sample, string beginning) =>
    [
        .. sample.Output.Lines.Where(line => line.StartsWith(beginning, StringComparison.Ordinal))
            .Select(line => double.Parse(line.Split("loss ")[1].Split(',')[0], CultureInfo.InvariantCulture)),
    ];

    private static void AssertFalls(List<double> losses, int steps)
    {
        Assert.Equal(steps, losses.Count);
        Assert.True(losses[^1] < losses[0], $"The losses do not fall: {string.Join(", ", losses)}");
    }
}
