using FlGlm.Privacy.Noise;

namespace FlGlm.Privacy.Accounting;

/// <summary>How often the most-used row has been released through a channel with some noise.</summary>
/// <param name="Channel">what has left</param>
/// <param name="Distribution">of the noise</param>
/// <param name="Noise">in units of the clip; 0 = without noise</param>
/// <param name="Releases">of the row</param>
internal sealed record ReleaseCount(NoiseChannel Channel, NoiseDistribution Distribution, double Noise, long Releases);
