using FlGlm.Client.Defences;

namespace FlGlm.Privacy.Noise;

/// <summary>Which release noise is for.</summary>
/// <param name="Purpose">what the pass is for</param>
/// <param name="Channel">what leaves, or has come home</param>
/// <param name="Step">counted from 1; 0 where the pass belongs to no step</param>
/// <param name="Row">among the rows of the step, or of adapters the parameter among those of head and tail; counted from 0</param>
internal readonly record struct NoiseLabel(PassPurpose Purpose, NoiseChannel Channel, long Step, int Row);
