using System.Globalization;
using FlGlm.Client.Data;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

/// <summary>Measures the memory of the whole process, so no other test may run at the same time.</summary>
[CollectionDefinition(nameof(LargeFileTests), DisableParallelization = true)]
[Collection(nameof(LargeFileTests))]
public sealed class LargeFileTests(ITestOutputHelper output) : IDisposable
{
    private const int MostMebibytes = 400;
    private const int FileMebibytes = 300;
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_of_300_MiB_takes_far_less_memory_than_it_holds_text()
    {
        Assert.SkipUnless(TestScope.IsAll && OperatingSystem.IsLinux(), TestScope.OnlyInAll);
        using (_folder.Load(new DataSettings { Train = [WriteRows("small.jsonl", 1)] }))
            GC.Collect();
        var path = WriteRows("rows.jsonl", FileMebibytes);
        File.WriteAllText("/proc/self/clear_refs", "5"); // the peak counts from now on
        var before = PeakMebibytes();

        using var data = _folder.Load(new DataSettings { Train = [path] });

        var growth = PeakMebibytes() - before;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{data.Reports[0]}; the process grew by at most {growth} MiB"));
        Assert.Equal((long)FileMebibytes << 20, data.Reports[0].Files[0].Bytes >> 20 << 20);
        Assert.InRange(growth, 0, MostMebibytes);
    }

    private string WriteRows(string name, int mebibytes)
    {
        var path = _folder.Write(name, "");
        using var file = new StreamWriter(path);
        for (var (row, written) = (0, 0L); written < (long)mebibytes << 20; row++)
        {
            var line = $$"""{"prompt": "{{row}} {{string.Concat(Enumerable.Repeat("On that day the ferry crossed. ", 10 + (row % 90)))}}", "completion": "{{row}} times."}""";
            file.Write(line);
            file.Write('\n');
            written += line.Length + 1;
        }

        return path;
    }

    private static long PeakMebibytes() =>
        long.Parse(File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) >> 10;
}
