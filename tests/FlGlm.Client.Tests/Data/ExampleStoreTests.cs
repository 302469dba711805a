using FlGlm.Client.Data;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tests.Data;

public sealed class ExampleStoreTests : IDisposable
{
    private const int OneMebibyte = 1 << 20;
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 6)]
    [InlineData(100, 4)]
    [InlineData(OneMebibyte, 0)]
    public void Rows_come_back_as_they_were_from_memory_and_from_the_file(int memory, int inFile)
    {
        Example[] rows =
        [
            new([1, 5, 6, 2], [-100, -100, 6, 2]),
            new([1, 127, 128, 16383, 16384, 151_999, int.MaxValue], [-100, -100, 128, 7, 151_999, -100, int.MaxValue]),
            new([9, 9], [-100, -100]),
            new([3, 4, 5], [3, 4, 5]),
            new([3, 4, 5], [5, 4, -100]),
            new([.. Enumerable.Range(0, 70_000)], [.. Enumerable.Range(0, 70_000).Select(id => id % 3 == 0 ? -100 : id)]),
        ];
        using var store = new ExampleStore(memory);

        foreach (var row in rows)
            store.Add(row);

        Assert.Equal((rows.Length, inFile), (store.Count, store.CountInFile));
        Assert.Equal(rows.Select(row => row.Ids), new StoredExamples(store, 0, rows.Length).Select(row => row.Ids));
        Assert.Equal(rows.Select(row => row.Labels), new StoredExamples(store, 0, rows.Length).Select(row => row.Labels));
        Assert.Equal([2, 3], StoredExamples.LengthsOf(new StoredExamples(store, 2, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StoredExamples(store, 0, 2)[2]);
        store.Dispose();
        Assert.Equal([2, 3], StoredExamples.LengthsOf(new StoredExamples(store, 2, 2))); // no row is read for them
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Batches_are_the_same_bit_for_bit_above_and_below_the_limit(bool groupByLength)
    {
        var settings = new DataSettings { Train = [WriteRows(200)], Validation = ["0.2"], GroupByLength = groupByLength };
        using var small = new ExampleStore(memory: 3000);
        using var whole = Dataset.Load(settings, _folder.Directory, maxPositions: 512);
        using var filed = Dataset.Load(settings, _folder.Directory, maxPositions: 512, task: null, small);
        IReadOnlyList<Example> held = [.. whole.Train.Select(row => new Example(row.Ids, row.Labels))];

        var expected = Batches(held, groupByLength);

        Assert.InRange(small.CountInFile, 100, 199);
        foreach (var data in new[] { whole, filed })
        {
            Assert.Equal(expected, Batches(data.Train, groupByLength));
            Assert.Equal(40, data.Validation[0].Examples.Count);
        }

        Assert.Equal(whole.Validation[0].Examples.Select(row => row.Ids), filed.Validation[0].Examples.Select(row => row.Ids));
    }

    [Fact]
    public void Any_thread_may_read_rows()
    {
        using var store = new ExampleStore(memory: 0);
        for (var row = 0; row < 500; row++)
            store.Add(Example.WithTargets([.. Enumerable.Repeat(row, 1 + (row % 50))], 1));

        var wrong = ParallelEnumerable.Range(0, 5000).Count(read => store[read % 500].Ids.Length != 1 + (read % 500 % 50) || store[read % 500].Ids[0] != read % 500);

        Assert.Equal(0, wrong);
    }

    [Fact]
    public void The_temporary_file_is_its_owner_s_alone_and_has_no_name()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        using var file = TemporaryFile.Open();
        var opened = $"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}";

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file.SafeFileHandle));
        Assert.EndsWith(" (deleted)", File.ResolveLinkTarget(opened, returnFinalTarget: false)!.FullName, StringComparison.Ordinal);
        Assert.False(File.Exists(file.Name));
    }

    [Fact]
    public void The_file_is_closed_with_the_data_set_and_when_loading_fails()
    {
        FileStream? opened = null;
        ExampleStore Store() => new(memory: 0, () => opened = TemporaryFile.Open());

        var data = Dataset.Load(new DataSettings { Train = [WriteRows(3)] }, _folder.Directory, maxPositions: 512, task: null, Store());
        Assert.True(opened!.CanRead);
        data.Dispose();
        Assert.False(opened!.CanRead);
        Assert.Throws<ObjectDisposedException>(() => data.Train[0]);

        Assert.Throws<DataException>(() => Dataset.Load(new DataSettings { Train = [WriteRows(3), "missing.jsonl"] }, _folder.Directory, maxPositions: 512, task: null, Store()));
        Assert.False(opened!.CanRead);
    }

    [Fact]
    public void A_full_disk_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "writes to /dev/full");
        var full = new ExampleStore(memory: 0, () => new FileStream("/dev/full", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0));

        var error = Assert.Throws<DataException>(() => Dataset.Load(new DataSettings { Train = [WriteRows(3)] }, _folder.Directory, maxPositions: 512, task: null, full));

        Assert.StartsWith($"The rows are more than 0 MiB, and the temporary file for the others cannot be written in '{Path.GetTempPath()}': No space left", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(". Free space there, or name another directory with the variable TMPDIR (Windows: TMP).", error.Message, StringComparison.Ordinal);
    }

    private string WriteRows(int count) => _folder.Write("rows.jsonl", string.Concat(Enumerable.Range(0, count).Select(row =>
        $$"""{"prompt": "{{row}} {{new string('x', row * 37 % 60)}}", "completion": "{{new string('y', 1 + (row % 7))}}"}""" + "\n")));

    private static List<string> Batches(IReadOnlyList<Example> examples, bool groupByLength)
    {
        using var batches = new TrainingBatches(examples, batchSize: 8, steps: 50, seed: 7, groupByLength: groupByLength);
        return [.. Enumerable.Range(0, 50).Select(_ => batches.Next()).Select(batch => $"{string.Join(' ', batch.Ids)} / {string.Join(' ', batch.Labels)} / {string.Join(' ', batch.Lengths)}")];
    }
}
