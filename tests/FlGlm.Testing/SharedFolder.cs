namespace FlGlm.Testing;

/// <summary>The folder <c>shared</c> beside the repository: specifications, fixtures and data that the repository does not ship.</summary>
public static class SharedFolder
{
    /// <summary>Its path, from FLGLM_SHARED or from the folders above the tests; null where it is not there.</summary>
    public static string? Find()
    {
        if (Environment.GetEnvironmentVariable("FLGLM_SHARED") is { Length: > 0 } named)
            return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var shared = Path.Combine(folder.FullName, "shared");
            if (Directory.Exists(Path.Combine(shared, "spec")))
                return shared;
        }
        return null;
    }

    /// <summary>A path under it; only for tests marked <see cref="SharedFactAttribute"/> or <see cref="SharedTheoryAttribute"/>.</summary>
    public static string At(params string[] parts) =>
        Path.Combine([Find() ?? throw new DirectoryNotFoundException("needs ../shared"), .. parts]);
}
