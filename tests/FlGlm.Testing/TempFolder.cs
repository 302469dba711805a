namespace FlGlm.Testing;

/// <summary>An empty folder of a test's own, gone when the test is over.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("flglm-").FullName;

    /// <summary>A path in the folder; nothing is made there.</summary>
    public string At(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
