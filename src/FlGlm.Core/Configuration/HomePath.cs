namespace FlGlm.Core.Configuration;

/// <summary>Paths as people write them in a file, where no shell has replaced <c>~</c>.</summary>
public static class HomePath
{
    /// <summary>A path whose first part is <c>~</c> counts from the user's home directory; another stays as it is.</summary>
    public static string Expand(string path)
    {
        if (path != "~" && !path.StartsWith("~/", StringComparison.Ordinal))
            return path;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length == 0 ? path : Path.Join(home, path[1..]);
    }
}
