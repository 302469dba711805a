using System.Text.Json;
using FlGlm.EndToEnd.Tests.CommandLine;

namespace FlGlm.EndToEnd.Tests.Processes;

public sealed class PartitionTests : IDisposable
{
    private const string Skew = "data.partition.by=label_skew";
    private readonly SplitFolder _folder = new() { Insecure = true, Clients = ["ada", "ben"] };
    private readonly string[] _data;

    public PartitionTests()
    {
        var rows = Enumerable.Range(0, 9).Select(row => $$"""{"passage": "P{{row}}", "question": "Q{{row}}", "label": {{(row % 3 == 0 ? "true" : "false")}}}""");
        var path = _folder.Write("boolq.jsonl", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', rows)));
        _data = ["data.task=superglue/boolq", $"data.train=[{path}]", "data.max_length=64", "data.partition.parts=2"];
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The client with the first seat has the second part.</summary>
    [Fact]
    public async Task Two_processes_compute_the_same_partition_and_each_learns_and_weighs_its_own_part()
    {
        string[] settings = [.. _data, Skew, "training.steps=2"];
        await using var server = InProcessFlGlm.Start(_folder.Server(settings));
        var address = await server.AddressAsync();
        await using var ada = FlGlmProcess.Start(_folder.Client("ada", address, [.. settings, "data.partition.index=2"]));
        await using var ben = InProcessFlGlm.Start(_folder.Client("ben", address, [.. settings, "data.partition.index=1"]));
        foreach (var side in new RunningFlGlm[] { ada, ben, server })
            await side.ExitsWithAsync(0);

        var (first, second) = (Written("ben"), Written("ada"));
        Assert.Equal(first.GetProperty("sha256").GetString(), second.GetProperty("sha256").GetString());
        Assert.Equal(first.GetProperty("shares").GetRawText(), second.GetProperty("shares").GetRawText());
        Assert.Equal(Enumerable.Range(1, 9), Lines(first).Concat(Lines(second)).Order());
        Assert.Contains("[insecure]    1     5         5      5     0  <- this client", ben.Output.Lines);
        Assert.Contains("[insecure]    2     4         4      1     3  <- this client", ada.Output.Lines);
        Assert.Contains("[insecure] 4 rows to train on, 0 to validate", ada.Output.Lines);
        Assert.Contains("[insecure] ada joined with 4 rows", server.Output.Lines);
        Assert.Contains("[insecure] ben joined with 5 rows", server.Output.Lines);
        Assert.False(File.Exists(_folder.At("server", "partition.json")));
    }

    [Fact]
    public async Task The_run_directory_records_the_partition_and_a_later_run_without_one_removes_it()
    {
        Assert.Equal(0, (await CommandRun.OfAsync(_folder.Train([.. _data, Skew, "data.partition.index=2", "data.partition.seed=5", "training.steps=1"]))).ExitCode);

        var written = Written("train");
        Assert.Equal(
            ("label_skew", 2, 2, 5, 9, 0),
            (written.GetProperty("by").GetString(), Number(written, "parts"), Number(written, "index"), Number(written, "seed"), Number(written, "rows"), Number(written, "unused")));
        Assert.Equal(
            """[{"part":1,"rows":5,"examples":5,"labels":{"false":5,"true":0}},{"part":2,"rows":4,"examples":4,"labels":{"false":1,"true":3}}]""",
            JsonSerializer.Serialize(written.GetProperty("shares")));
        Assert.Equal(_folder.At("boolq.jsonl"), written.GetProperty("own")[0].GetProperty("path").GetString());
        Assert.Superset(new HashSet<int> { 1, 4, 7 }, Lines(written).ToHashSet());
        Assert.Equal(9, JsonDocument.Parse(File.ReadLines(_folder.At("train", "data.jsonl")).Single()).RootElement.GetProperty("kept").GetInt32());
        Assert.Contains("<- this client", await File.ReadAllTextAsync(_folder.At("train", "flglm.log")), StringComparison.Ordinal);

        Directory.Delete(_folder.At("train", "checkpoints"), recursive: true);
        Assert.Equal(0, (await CommandRun.OfAsync(_folder.Train([.. _data, "training.steps=1"]))).ExitCode);
        Assert.False(File.Exists(_folder.At("train", "partition.json")));
    }

    [Fact]
    public async Task Neighbouring_numbers_are_written_as_ranges()
    {
        Assert.Equal(0, (await CommandRun.OfAsync(_folder.Train(
            [.. _data, "data.partition.by=counts", "data.partition.counts=[7, 1]", "data.partition.index=1", "training.steps=1"]))).ExitCode);

        var written = Written("train");
        Assert.Equal(("[7,1]", 1), (JsonSerializer.Serialize(written.GetProperty("counts")), Number(written, "unused")));
        Assert.Contains('-', written.GetProperty("own")[0].GetProperty("lines").GetString()!);
        Assert.Equal(7, Lines(written).Count);
    }

    private JsonElement Written(string run) => JsonDocument.Parse(File.ReadAllText(_folder.At(run, "partition.json"))).RootElement;

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    /// <summary>The numbers of the ranges.</summary>
    private static List<int> Lines(JsonElement partition) => [.. partition.GetProperty("own")[0].GetProperty("lines").GetString()!.Split(',').SelectMany(range =>
    {
        int[] ends = [.. range.Split('-').Select(int.Parse)];
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    })];
}
