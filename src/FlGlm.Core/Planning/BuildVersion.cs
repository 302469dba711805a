namespace FlGlm.Core.Planning;

/// <summary>Which build of FlGlm this is; both sides of a run must be the same.</summary>
public static class BuildVersion
{
    public static string Current { get; } = typeof(BuildVersion).Assembly.GetName().Version!.ToString(3);
}
