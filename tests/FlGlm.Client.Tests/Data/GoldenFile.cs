namespace FlGlm.Client.Tests.Data;

/// <summary>Files that other programs have made, see <c>Golden/README.md</c>.</summary>
internal static class GoldenFile
{
    internal static string At(string name) => Path.Combine(AppContext.BaseDirectory, "Data", "Golden", name);
}
