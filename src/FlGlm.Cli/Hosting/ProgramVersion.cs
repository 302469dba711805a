using System.Reflection;

namespace FlGlm.Cli.Hosting;

/// <summary>The version of this build, with its commit, as <c>--version</c> shows it.</summary>
internal static class ProgramVersion
{
    public static string Current { get; } = typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
