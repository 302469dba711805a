namespace FlGlm.Testing;

/// <summary>The repository that the tests were built from.</summary>
public static class Repository
{
    private const string Mark = "FlGlm.sln";

    /// <summary>The folder above the tests that holds the solution.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Mark)))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"no {Mark} above {AppContext.BaseDirectory}");
    }
}
