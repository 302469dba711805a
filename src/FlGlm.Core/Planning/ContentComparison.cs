namespace FlGlm.Core.Planning;

/// <summary>How many tensors two sides of a run could compare.</summary>
/// <param name="Compared">both have their files, and they are equal</param>
/// <param name="OnlyServer">the client has no file of them</param>
/// <param name="OnlyClient">the server has no file of them</param>
public readonly record struct ContentComparison(int Compared, int OnlyServer, int OnlyClient)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Compared} tensors are equal on both sides; {OnlyServer} only the server has, {OnlyClient} only the client";
}
