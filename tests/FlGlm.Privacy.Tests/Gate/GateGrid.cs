namespace FlGlm.Privacy.Tests.Gate;

/// <summary>What the gate reads of a privacy report's grid.</summary>
public sealed record GateGrid
{
    public IReadOnlyList<string> Shadow { get; init; } = [];

    public IReadOnlyList<int> Steps { get; init; } = [];

    public IReadOnlyList<int> Rows { get; init; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Defences { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}
