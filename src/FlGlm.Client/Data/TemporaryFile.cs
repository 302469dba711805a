namespace FlGlm.Client.Data;

/// <summary>A file for this process alone, gone when it is closed, however that happens.</summary>
internal static class TemporaryFile
{
    /// <summary>Makes one in the system's temporary directory: readable for its owner alone, on Unix without a name from the beginning.</summary>
    internal static FileStream Open()
    {
        var path = Path.Combine(Path.GetTempPath(), $"flglm-{Path.GetRandomFileName()}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, Options = FileOptions.RandomAccess };
        if (OperatingSystem.IsWindows())
        {
            options.Options |= FileOptions.DeleteOnClose;
            return new FileStream(path, options);
        }

        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(path, options);
        File.Delete(path);
        return file;
    }
}
