namespace FlGlm.Testing;

/// <summary>What a network lets through.</summary>
/// <param name="Name">in words</param>
/// <param name="BitsPerSecond">in each direction</param>
/// <param name="Delay">one way</param>
public sealed record NetworkShape(string Name, double BitsPerSecond, TimeSpan Delay)
{
    /// <summary>Limits nothing.</summary>
    public static NetworkShape None { get; } = new("loopback", double.PositiveInfinity, TimeSpan.Zero);
}
