using FlGlm.Core.Configuration;

namespace FlGlm.Core.Tests.Configuration;

/// <summary>A section without rules of its own.</summary>
public sealed record SampleOutput
{
    public bool Quiet { get; init; }

    public string Name { get; init; } = "run";

    public float Scale { get; init; } = 0.1f;

    public ElementPrecision Dtype { get; init; }

    public double? Limit { get; init; }

    public IReadOnlyList<int> Sizes { get; init; } = [1, 2];
}
