namespace FlGlm.Core.Configuration;

/// <summary>The limit for the largest frame that a side accepts.</summary>
internal static class FrameLimit
{
    /// <summary>1 GiB: 8 rows of 8,192 tokens of H 4096 in float32.</summary>
    public const long Default = 1L << 30;

    /// <summary>The problem of a number of bytes that is out of range; empty for a valid one.</summary>
    public static IEnumerable<Problem> Check(string key, long bytes)
    {
        if (bytes < 1024 || bytes > Array.MaxLength)
            yield return new Problem(key, $"{bytes} is out of range; 1024 to {Array.MaxLength} (one buffer holds a frame's tensor).");
    }
}
