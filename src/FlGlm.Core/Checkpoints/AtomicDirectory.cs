namespace FlGlm.Core.Checkpoints;

/// <summary>Creates directories atomically: complete or not at all.</summary>
internal static class AtomicDirectory
{
    /// <summary>
    /// A new directory is filled under a temporary name and then renamed. An existing one keeps its other files; the files that
    /// <paramref name="fill"/> writes (with <see cref="AtomicFile"/>) are replaced one by one.
    /// </summary>
    /// <param name="path">The directory to create or to add files to.</param>
    /// <param name="fill">Writes files into the given directory.</param>
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
