namespace FlGlm.Core.Checkpoints;

/// <summary>Directories that appear whole or not at all.</summary>
internal static class AtomicDirectory
{
    /// <summary>
    /// A new directory is filled beside its place and renamed into it. One that exists keeps its other files; what
    /// <paramref name="fill"/> writes (with <see cref="AtomicFile"/>) replaces its files one by one.
    /// </summary>
    /// <param name="path">The directory to make or to add to.</param>
    /// <param name="fill">Writes files into the directory that it is given.</param>
    public static void Write(string path, Action<string> fill)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (Directory.Exists(full))
        {
            fill(full);
            return;
        }

        var temporary = $"{full}.{Guid.NewGuid():N}.tmp";
        AtomicFile.Guard(path, () =>
        {
            try
            {
                Directory.CreateDirectory(temporary);
                fill(temporary);
                Directory.Move(temporary, full);
            }
            catch
            {
                if (Directory.Exists(temporary))
                    Directory.Delete(temporary, recursive: true);
                throw;
            }
        });
    }
}
