namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Compares what two runs wrote.</summary>
internal static class SameFiles
{
    /// <summary>Fails where two directories do not hold the same files, byte by byte.</summary>
    public static void Assert(string expected, string actual)
    {
        Xunit.Assert.Equal(Names(expected), Names(actual));
        Xunit.Assert.All(Names(expected), name => Xunit.Assert.Equal(File.ReadAllBytes(Path.Combine(expected, name)), File.ReadAllBytes(Path.Combine(actual, name))));
    }

    private static IEnumerable<string> Names(string directory) =>
        Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
