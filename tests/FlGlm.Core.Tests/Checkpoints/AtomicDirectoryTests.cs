using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Checkpoints;

/// <summary>What lies on the disk between two steps is what a crash at that moment leaves.</summary>
public sealed class AtomicDirectoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Target => _folder.At("disk", "adapter");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 4)]
    public void A_crash_at_any_moment_leaves_one_whole_version(bool canExchange, int moments)
    {
        AtomicDirectory.Write(Target, Fill("old"));
        var crashes = new List<string>();

        AtomicDirectory.Write(Target, Fill("new"), canExchange, () => crashes.Add(CopyOfDisk(crashes.Count)));

        Assert.Equal("new new", Content(Target));
        Assert.Equal(moments, crashes.Count);
        foreach (var disk in crashes)
        {
            var found = Path.Combine(disk, "adapter");
            AtomicDirectory.Recover(found);
            Assert.Equal(disk == crashes[^1] ? "new new" : "old old", Content(found));
            AtomicDirectory.Write(found, Fill("later"));
            Assert.Equal("later later", Content(found));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_write_that_fails_leaves_the_old_version_and_nothing_else(bool canExchange)
    {
        AtomicDirectory.Write(Target, Fill("old"));

        Assert.Throws<CheckpointException>(() => AtomicDirectory.Write(
            Target,
            directory =>
            {
                WriteFile(directory, "weights", "new");
                throw new IOException("the disk is full");
            },
            canExchange,
            afterStep: null));

        Assert.Equal("old old", Content(Target));
        Assert.Equal([Target], Directory.GetFileSystemEntries(_folder.At("disk")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Other_files_links_folders_and_permissions_are_kept(bool canExchange)
    {
        AtomicDirectory.Write(Target, Fill("old"));
        Directory.CreateDirectory(Path.Combine(Target, "head"));
        File.WriteAllText(Path.Combine(Target, "head", "notes"), "kept");
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Path.Combine(Target, "latest"), "head");
            File.SetUnixFileMode(Target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        AtomicDirectory.Write(Target, Fill("new"), canExchange, afterStep: null);

        Assert.Equal("kept", File.ReadAllText(Path.Combine(Target, "head", "notes")));
        Assert.Equal([Target], Directory.GetFileSystemEntries(_folder.At("disk")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal("head", new FileInfo(Path.Combine(Target, "latest")).LinkTarget);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Target));
        }
    }

    [Fact]
    public void A_file_of_the_old_version_that_a_reader_has_open_stays_as_it_is()
    {
        AtomicDirectory.Write(Target, Fill("old"));
        using var reader = new StreamReader(new FileStream(Path.Combine(Target, "weights"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

        AtomicDirectory.Write(Target, Fill("new"));

        Assert.Equal("old", reader.ReadToEnd());
    }

    [Fact]
    public void A_reader_starts_again_where_the_directory_is_replaced_between_two_of_its_files()
    {
        AtomicDirectory.Write(Target, Fill("old"));
        var reads = 0;

        var content = AtomicDirectory.Read(Target, () =>
        {
            var weights = File.ReadAllText(Path.Combine(Target, "weights"));
            if (reads++ == 0)
                AtomicDirectory.Write(Target, Fill("new"));
            return $"{weights} {File.ReadAllText(Path.Combine(Target, "config"))}";
        });

        Assert.Equal(("new new", 2), (content, reads));
    }

    [Fact]
    public void A_link_to_a_directory_stays_a_link()
    {
        if (OperatingSystem.IsWindows())
            return;
        AtomicDirectory.Write(Target, Fill("old"));
        Directory.CreateSymbolicLink(_folder.At("link"), Target);

        AtomicDirectory.Write(_folder.At("link"), Fill("new"));

        Assert.Equal(Target, new FileInfo(_folder.At("link")).LinkTarget);
        Assert.Equal("new new", Content(Target));
    }

    private static Action<string> Fill(string content) => directory =>
    {
        WriteFile(directory, "weights", content);
        WriteFile(directory, "config", content);
    };

    private static void WriteFile(string directory, string name, string content) =>
        AtomicFile.Write(Path.Combine(directory, name), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(content)));

    private static string Content(string directory) =>
        $"{File.ReadAllText(Path.Combine(directory, "weights"))} {File.ReadAllText(Path.Combine(directory, "config"))}";

    /// <summary>A copy of everything beside the target.</summary>
    private string CopyOfDisk(int number)
    {
        var copy = _folder.At($"crash-{number}");
        foreach (var file in Directory.EnumerateFiles(_folder.At("disk"), "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(_folder.At("disk"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }
}
