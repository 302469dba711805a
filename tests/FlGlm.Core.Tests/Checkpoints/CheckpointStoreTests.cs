using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Checkpoints;

/// <summary>What lies on the disk between two changes is what a crash at that moment leaves.</summary>
public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Target => _folder.At("checkpoints");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_checkpoint_reads_back_as_it_was_written()
    {
        Write("step-1", 1);
        Write("step-2", 2);

        var store = new CheckpointStore(Target);
        Assert.Equal(["step-1", "step-2"], store.Names);
        Assert.Equal("1 1", Content(store, "step-1"));
        Assert.Equal("2 2", Content(store, "step-2"));
        Assert.Equal(["head", "tail"], store.Open("step-2").Files.Order());
    }

    [Fact]
    public void A_state_keeps_what_its_side_has_added()
    {
        var state = new Added("server", 4, 2, "more", new Core.Splitting.OptimizerSteps(7, 3));

        new CheckpointStore(Target).Write("step-4", state, new Dictionary<string, IReadOnlyDictionary<string, Tensor>>());

        var stored = new CheckpointStore(Target).Open("step-4");
        Assert.Equal(state, stored.State<Added>());
        Assert.Equal(new RunProgress("server", 4, 2), stored.State<RunProgress>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_crash_at_any_moment_leaves_the_old_checkpoints_whole(bool sameName)
    {
        Write("step-1", 1);
        Write("step-2", 2);
        var crashes = new List<string>();
        var store = new CheckpointStore(Target) { AfterChange = () => crashes.Add(CopyOfDisk(crashes.Count)) };

        Write(store, sameName ? "step-2" : "step-3", 3);

        Assert.Equal(5, crashes.Count);
        foreach (var (moment, disk) in crashes.Index())
        {
            var found = new CheckpointStore(disk);
            var isWritten = moment >= 3; // the index has been renamed over
            string[] names = isWritten && !sameName ? ["step-1", "step-2", "step-3"] : ["step-1", "step-2"];
            Assert.Equal(names, found.Names);
            Assert.Equal("1 1", Content(found, "step-1"));
            Assert.Equal(isWritten && sameName ? "3 3" : "2 2", Content(found, "step-2"));
            Write(found, "step-4", 4);
            Assert.Equal("4 4", Content(new CheckpointStore(disk), "step-4"));
            Assert.Equal(names.Length + 1, Directory.GetDirectories(disk).Length); // what the crash left is gone
        }
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_checkpoints_and_nothing_else()
    {
        Write("step-1", 1);
        var before = Disk();
        var store = new CheckpointStore(Target) { AfterChange = () => throw new IOException("the disk is full") };

        var error = Assert.Throws<CheckpointException>(() => Write(store, "step-2", 2));

        Assert.Equal((Target, $"'{Target}' cannot be written: the disk is full"), (error.Path, error.Message));
        Assert.Equal(before, Disk());
        Assert.Equal(["step-1"], store.Names);
    }

    [Fact]
    public void Those_that_are_removed_are_no_longer_on_the_disk_and_other_files_stay()
    {
        foreach (var step in new[] { 1, 2, 3 })
            Write($"step-{step}", step);
        Directory.CreateDirectory(Path.Combine(Target, "notes"));

        var store = new CheckpointStore(Target);
        store.Remove(name => name == "step-1");
        store.RemoveAfter("step-2");

        Assert.Equal(["step-2"], new CheckpointStore(Target).Names);
        Assert.Equal(["index.json", "notes", "step-2"], Directory.GetFileSystemEntries(Target).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("state.json")]
    [InlineData("head.safetensors")]
    public void A_file_that_is_edited_torn_or_missing_is_refused_and_the_one_before_is_named(string file)
    {
        Write("step-1", 1);
        Write("step-2", 2);
        var path = Path.Combine(Target, "step-2", file);
        var content = File.ReadAllBytes(path);

        foreach (var torn in new[] { content[..^1], [], [.. content[..^1], (byte)(content[^1] ^ 1)] })
        {
            File.WriteAllBytes(path, torn);
            Refuses("step-2", path, $"The checkpoint's '{path}' is torn, or has been changed: its SHA-256 is not the one that was written. The one before is 'step-1'.");
        }

        File.Delete(path);
        Refuses("step-2", path, $"The checkpoint's '{path}' is missing. The one before is 'step-1'.");
        Assert.Equal("1 1", Content(new CheckpointStore(Target), "step-1"));
    }

    [Fact]
    public void The_first_one_has_none_before_it_and_a_directory_may_be_missing()
    {
        Write("step-1", 1);
        Directory.Delete(Path.Combine(Target, "step-1"), recursive: true);

        var path = Path.Combine(Target, "step-1", "state.json");
        Refuses("step-1", path, $"The checkpoint's '{path}' is missing. There is none before it.");
    }

    [Fact]
    public void A_name_that_is_not_there_is_refused_with_those_that_are()
    {
        Write("step-1", 1);
        Write("step-2", 2);

        Refuses("step-3", Target, $"'{Target}' has no checkpoint 'step-3'; it has step-1, step-2.");
    }

    [Fact]
    public void A_file_of_another_side_is_refused()
    {
        Write("step-1", 1);

        var error = Assert.Throws<CheckpointException>(() => new CheckpointStore(Target).Open("step-1").Read("middle"));
        Assert.EndsWith("has no 'middle': it is of another side or strategy.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"Format": 2, "Checkpoints": []}""")]
    [InlineData("""{"Format": 1, "Checkpoints": [{"Name": "step-1"}]}""")]
    [InlineData("""{"Format": 1, "Checkpoints": [null]}""")]
    [InlineData("""{"Format": 1, "Checkpoints": [{"Name": "x", "Folder": "../x", "Sha256": "00"}]}""")]
    [InlineData("""{"Format": "one"}""")]
    public void An_index_of_another_format_is_refused_and_nothing_changes(string content)
    {
        Write("step-1", 1);
        File.WriteAllText(Path.Combine(Target, "index.json"), content);
        var before = Disk();

        var error = Assert.Throws<CheckpointException>(() => new CheckpointStore(Target));

        Assert.Equal(Path.Combine(Target, "index.json"), error.Path);
        Assert.Equal(before, Disk());
    }

    [Fact]
    public void A_folder_without_an_index_has_none_and_a_run_that_begins_removes_what_a_crash_left()
    {
        Write("step-0", 0);
        File.Delete(Path.Combine(Target, "index.json"));

        var store = new CheckpointStore(Target);
        store.ExpectUnused();
        Write(store, "step-0", 5);

        Assert.Equal("5 5", Content(new CheckpointStore(Target), "step-0"));
        Assert.Single(Directory.GetDirectories(Target));
    }

    [Fact]
    public void A_summary_says_how_far_each_is_and_whether_it_is_whole()
    {
        Assert.Empty(CheckpointSummary.ReadAll(Target));
        Assert.True(CheckpointSummary.IsUnused(Target, resume: false));
        Write("step-1", 1);
        Write("step-2", 2);
        var path = Path.Combine(Target, "step-2", "state.json");
        File.AppendAllText(path, " ");

        var found = CheckpointSummary.ReadAll(Target);

        Assert.Equal([("step-1", "train", 1L, 1, true), ("step-2", "", 0L, 0, false)], found.Select(each => (each.Name, each.Side, each.Step, each.Round, each.Problem is null)));
        Assert.Equal(Directory.GetFiles(Path.Combine(Target, "step-1")).Sum(file => new FileInfo(file).Length), found[0].Bytes);
        Assert.False(CheckpointSummary.IsUnused(Target, resume: true));
        Assert.Throws<ConfigurationException>(() => CheckpointSummary.IsUnused(Target, resume: false));
    }

    private void Refuses(string name, string path, string message)
    {
        var before = Disk();
        var error = Assert.Throws<CheckpointException>(() => new CheckpointStore(Target).Open(name));
        Assert.Equal((path, message), (error.Path, error.Message));
        Assert.Equal(before, Disk());
    }

    private void Write(string name, int value) => Write(new CheckpointStore(Target), name, value);

    private static void Write(CheckpointStore store, string name, int value)
    {
        using var tensor = torch.tensor((float)value);
        var tensors = new Dictionary<string, Tensor> { ["x"] = tensor };
        store.Write(name, new RunProgress("train", value, 1), new Dictionary<string, IReadOnlyDictionary<string, Tensor>> { ["head"] = tensors, ["tail"] = tensors });
    }

    /// <summary>Its step, and the value in its files.</summary>
    private static string Content(CheckpointStore store, string name)
    {
        var stored = store.Open(name);
        using var scope = NewDisposeScope();
        var values = stored.Files.SelectMany(file => stored.Read(file).Values).Select(value =>
        {
            using (value)
                return value.item<float>();
        });
        return $"{stored.State<RunProgress>().Step} {Assert.Single(values.Distinct())}";
    }

    private Dictionary<string, string> Disk() => Directory.EnumerateFiles(Target, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        .Order(StringComparer.Ordinal).ToDictionary(file => file, file => Convert.ToHexString(File.ReadAllBytes(file)));

    private string CopyOfDisk(int number)
    {
        var copy = _folder.At($"crash-{number}");
        foreach (var entry in Directory.EnumerateFileSystemEntries(Target, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(Target, entry));
            if (Directory.Exists(entry))
            {
                Directory.CreateDirectory(target);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(entry, target);
        }

        return copy;
    }

    private sealed record Added(string Side, long Step, int Round, string More, Core.Splitting.OptimizerSteps Steps) : RunProgress(Side, Step, Round);
}
