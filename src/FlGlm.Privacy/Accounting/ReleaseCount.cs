using FlGlm.Privacy.Noise;

namespace FlGlm.Privacy.Accounting;

/// <summary>How often the most-used row has been released through a channel with some noise.</summary>
/// <param name="Channel">what has left</param>
/// <param name="Distribution">of the noise</param>
/// <param name="Noise">in units of the clip; 0 = without noise</param>
/// <param name="Releases">of the row; with <see cref="Steps"/> of a row that is in the sample, in each step</param>
internal sealed record ReleaseCount(NoiseChannel Channel, NoiseDistribution Distribution, double Noise, long Releases)
{
    /// <summary>The steps whose samples have been released; null = the releases are a row's in all.</summary>
    public StepRange? Steps { get; init; }

    /// <summary>The same, with more of what grows.</summary>
    public ReleaseCount Plus(long more) => Steps is null ? this with { Releases = Releases + more } : this with { Steps = Steps with { Last = Steps.Last + more } };

    /// <summary>Whether this is the same with as much of what grows, or more.</summary>
    public bool Covers(ReleaseCount other) => Steps is null
        ? Releases >= other.Releases && this with { Releases = 0 } == other with { Releases = 0 }
        : other.Steps is { } steps && Steps.Last >= steps.Last && this with { Steps = Steps with { Last = steps.Last } } == other;
}
