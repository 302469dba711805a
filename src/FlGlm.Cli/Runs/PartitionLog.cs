using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlGlm.Cli.CommandLine;
using FlGlm.Client.Data;

namespace FlGlm.Cli.Runs;

/// <summary>partition.json: how the training rows of this run were divided, and the numbers of this client's; the file of an earlier run is replaced.</summary>
internal static class PartitionLog
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="directory">Where.</param>
    /// <param name="partition">null = none: nothing is written.</param>
    public static void Write(RunDirectory directory, Partition? partition)
    {
        var path = Path.Combine(directory.Path, "partition.json");
        if (partition is null)
            RunFile.Guard(path, () => File.Delete(path));
        else
            RunFile.Guard(path, () => File.WriteAllText(path, Json(partition).ToJsonString(Readable) + "\n"));
    }


    private static JsonObject Json(Partition partition)
    {
        var settings = partition.Settings;
        var json = new JsonObject { ["by"] = EnumWords.Of(settings.By), ["parts"] = settings.Parts, ["index"] = settings.Index, ["seed"] = settings.Seed };
        if (settings.By == PartitionMethod.Dirichlet)
            json["alpha"] = settings.Alpha;
        if (settings.By == PartitionMethod.Counts)
            json["counts"] = new JsonArray([.. settings.Counts.Select(count => (JsonNode)count)]);
        json["rows"] = partition.Rows;
        json["unused"] = partition.Unused;
        json["sha256"] = partition.Sha256;
        json["shares"] = new JsonArray([.. partition.Parts.Select(part => Json(part, partition.Labels))]);
        json["own"] = new JsonArray([.. partition.Files.Select(Json)]);
        return json;
    }

    private static JsonObject Json(PartitionPart part, IReadOnlyList<string> labels) => new()
    {
        ["part"] = part.Number,
        ["rows"] = part.Rows,
        ["examples"] = part.Examples,
        ["labels"] = new JsonObject(labels.Zip(part.Labels, (label, count) => KeyValuePair.Create(label, (JsonNode?)count))),
    };

    private static JsonObject Json(PartitionFile file) => new() { ["path"] = file.Path, [file.IsLine ? "lines" : "rows"] = Ranges(file.Rows) };

    /// <summary>Numbers in ascending order as <c>1-4,9,12-13</c>.</summary>
    private static string Ranges(IReadOnlyList<int> numbers)
    {
        var text = new StringBuilder();
        for (var first = 0; first < numbers.Count;)
        {
            var last = first;
            while (last + 1 < numbers.Count && numbers[last + 1] == numbers[last] + 1)
                last++;
            text.Append(CultureInfo.InvariantCulture, $"{(first > 0 ? "," : "")}{numbers[first]}");
            if (last > first)
                text.Append(CultureInfo.InvariantCulture, $"-{numbers[last]}");
            first = last + 1;
        }

        return text.ToString();
    }
}
