namespace FlGlm.Testing;

/// <summary>How much of the tests runs: <c>./test.sh</c> keeps one case of each kind, <c>./test.sh --all</c> runs everything.</summary>
public static class TestScope
{
    public const string OnlyInAll = "long; runs in ./test.sh --all";

    public static bool IsAll => Environment.GetEnvironmentVariable("FLGLM_TEST_ALL") is { Length: > 0 };
}
