using FlGlm.Client.Data;

namespace FlGlm.Client.Tests.Data;

/// <summary>Loads the shares of several clients from the same files.</summary>
internal static class PartitionFolder
{
    /// <summary>Rows with a prompt and an answer, which have no label.</summary>
    public static string WriteRows(this DataFolder folder, string name, int count) =>
        folder.Write(name, string.Concat(Enumerable.Range(1, count).Select(row => $$"""{"prompt": "{{name}} {{row}}?", "completion": "{{row}}"}""" + "\n")));

    /// <summary>Rows of BoolQ, one for each label: 0, 1, or - for a row without one.</summary>
    public static string WriteLabelled(this DataFolder folder, string name, string labels) =>
        folder.Write(name, string.Concat(labels.Select((label, row) =>
            $$"""{"passage": "P{{row}}", "question": "{{name}} {{row}}"{{(label == '-' ? "" : $", \"label\": {label}")}}}""" + "\n")));

    /// <summary>What each of the clients gets.</summary>
    public static List<Partition> Partitions(this DataFolder folder, DataSettings settings) => [.. Enumerable.Range(1, settings.Partition.Parts).Select(index =>
    {
        using var data = folder.Load(settings with { Partition = settings.Partition with { Index = index } });
        Assert.Equal(data.Partition!.Own.Examples, data.Train.Count);
        return data.Partition;
    })];

    /// <summary>The rows of each client, of several files one after the other.</summary>
    public static List<List<int>> Rows(this IEnumerable<Partition> partitions) => [.. partitions.Select(partition => partition.Files.SelectMany(file => file.Rows).ToList())];
}
