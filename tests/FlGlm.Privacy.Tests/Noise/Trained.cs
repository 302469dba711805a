using FlGlm.Core.Configuration;

namespace FlGlm.Privacy.Tests.Noise;

/// <summary>How a run has ended.</summary>
/// <param name="Losses">of its steps</param>
/// <param name="Epsilons">after its steps</param>
/// <param name="Adapter">the file that it has written; empty = none</param>
/// <param name="Notes">its other events</param>
/// <param name="Failure">null = it has ended well</param>
internal sealed record Trained(IReadOnlyList<float> Losses, IReadOnlyList<double?> Epsilons, byte[] Adapter, IReadOnlyList<string> Notes, FlGlmException? Failure);
