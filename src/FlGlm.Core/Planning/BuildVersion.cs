namespace FlGlm.Core.Planning;

/// <summary>The version of this build of FlGlm; both sides of a run must use the same.</summary>
internal static class BuildVersion
{
    public static string Current { get; } = typeof(BuildVersion).Assembly.GetName().Version!.ToString(3);
}
