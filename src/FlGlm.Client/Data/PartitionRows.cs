using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>The rows to train on, as they are divided among clients: a row of a file stays whole, however many examples are made of it.</summary>
internal sealed class PartitionRows
{
    private const string Key = "data.partition";

    private readonly List<PartitionRow> _rows = [];

    /// <summary>Adds an example.</summary>
    /// <param name="file">The file's place among those to train on.</param>
    /// <param name="number">Its row's line or number.</param>
    /// <param name="example">Its place in the store.</param>
    /// <param name="label">Its label, if it has one.</param>
    /// <param name="isNew">Whether it is the first of its row.</param>
    internal void Add(int file, int number, int example, string? label, bool isNew)
    {
        if (isNew)
            _rows.Add(new PartitionRow(file, number, example, 1, label));
        else
            _rows[^1] = _rows[^1].And(label);
    }

    /// <summary>Divides the rows.</summary>
    /// <param name="settings">Valid ones.</param>
    /// <param name="examples">The examples to train on; those behind are held out.</param>
    /// <param name="files">The files to train on.</param>
    /// <param name="known">The task's labels.</param>
    /// <returns>the partition, and the examples of this client's part</returns>
    /// <exception cref="ConfigurationException">The rows cannot be divided so, or a part has none.</exception>
    internal (Partition Partition, IReadOnlyList<int> Examples) Divide(
        PartitionSettings settings, int examples, IReadOnlyList<RowCollector> files, IReadOnlyList<string> known)
    {
        PartitionRow[] rows = [.. _rows.Where(row => row.First < examples).Select(row => row with { Count = Math.Min(row.Count, examples - row.First) })];
        var present = rows.Select(row => row.Label).ToHashSet();
        string[] labels = rows.All(row => row.HasOneLabel) ? [.. known.Where(present.Contains)] : [];
        Check(settings, rows, files, labels);
        var parts = RowDivision.Of(settings, rows, labels);
        var own = Enumerable.Range(0, rows.Length).Where(row => parts[row] == settings.Index).Select(row => rows[row]).ToList();
        var partition = new Partition(settings, rows.Length, labels, Count(settings, rows, parts, labels), OwnRows(own, files), Hash(rows, parts, files));
        CheckNoneIsEmpty(partition);
        return (partition, [.. own.SelectMany(row => Enumerable.Range(row.First, row.Count))]);
    }

    private static void Check(PartitionSettings settings, PartitionRow[] rows, IReadOnlyList<RowCollector> files, string[] labels)
    {
        if (settings.By == PartitionMethod.Files && files.Count != settings.Parts)
            throw Wrong("parts", $"{settings.Parts}, and there are {files.Count} file(s) to train on; as many as data.train names.");
        if (settings.Parts > rows.Length)
            throw Wrong("parts", $"{settings.Parts} are more than the {rows.Length} row(s) to train on, so that parts {rows.Length + 1} to {settings.Parts} would have none; fewer parts.");
        if (settings.By == PartitionMethod.Counts && settings.Counts.Sum(count => (long)count) is var sum && sum > rows.Length)
            throw Wrong("counts", $"are {sum} rows together, and there are {rows.Length} to train on; fewer.");
        if (settings.By != PartitionMethod.LabelSkew)
            return;
        if (rows.FirstOrDefault(row => !row.HasOneLabel) is { Count: > 0 } row)
        {
            var place = $"'{files[row.File].Path}' {files[row.File].NameOf(row.Number)}";
            throw Wrong("by", row.Label is null
                ? $"label_skew sorts rows by their labels, and {place} has none: those of a task that is a classification have (docs/tasks.md). iid, dirichlet, counts or files."
                : $"label_skew sorts rows by their labels, and {place} has several, for its questions differ in them. iid, dirichlet, counts or files.");
        }

        if (labels.Length < 2)
            throw Wrong("by", $"label_skew has nothing to sort by: all {rows.Length} rows to train on have the label '{labels[0]}'. iid, dirichlet, counts or files.");
    }

    private static void CheckNoneIsEmpty(Partition partition)
    {
        int[] empty = [.. partition.Parts.Where(part => part.Rows == 0).Select(part => part.Number)];
        if (empty.Length == 0)
            return;
        var none = $"of {partition.Settings.Parts} parts, {(empty.Length > 1 ? "these have" : "this one has")} no row: {string.Join(", ", empty)}";
        throw partition.Settings.By == PartitionMethod.Files
            ? Wrong("by", $"{none}: data.validation holds out all rows of its file. Fewer rows to validate with, or files of their own.")
            : Wrong("alpha", $"{none}. A larger alpha, another seed, or fewer parts.");
    }

    private static PartitionPart[] Count(PartitionSettings settings, PartitionRow[] rows, int[] parts, string[] labels)
    {
        var (counts, examples, byLabel) = (new int[settings.Parts + 1], new int[settings.Parts + 1], new Dictionary<(int, string?), int>());
        for (var row = 0; row < rows.Length; row++)
        {
            counts[parts[row]]++;
            examples[parts[row]] += rows[row].Count;
            if (labels.Length > 0)
                byLabel[(parts[row], rows[row].Label)] = byLabel.GetValueOrDefault((parts[row], rows[row].Label)) + 1;
        }

        return
        [
            .. Enumerable.Range(1, settings.Parts)
                .Select(part => new PartitionPart(part, counts[part], examples[part], [.. labels.Select(label => byLabel.GetValueOrDefault((part, label)))])),
        ];
    }

    private static PartitionFile[] OwnRows(List<PartitionRow> own, IReadOnlyList<RowCollector> files) =>
        [.. own.GroupBy(row => row.File).Select(rows => new PartitionFile(files[rows.Key].Path, files[rows.Key].HasLines, [.. rows.Select(row => row.Number)]))];

    private static string Hash(PartitionRow[] rows, int[] parts, IReadOnlyList<RowCollector> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files.SelectMany(file => file.Content))
            hash.AppendData(Encoding.ASCII.GetBytes(file.Sha256));
        Span<byte> numbers = stackalloc byte[3 * sizeof(int)];
        for (var row = 0; row < rows.Length; row++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(numbers, rows[row].File);
            BinaryPrimitives.WriteInt32LittleEndian(numbers[sizeof(int)..], rows[row].Number);
            BinaryPrimitives.WriteInt32LittleEndian(numbers[(2 * sizeof(int))..], parts[row]);
            hash.AppendData(numbers);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static ConfigurationException Wrong(string key, string message) => new($"{Key}.{key}", message);
}
