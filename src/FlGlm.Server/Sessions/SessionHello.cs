using FlGlm.Core.Wire.Messages;

namespace FlGlm.Server.Sessions;

/// <summary>What a client has said of itself, checked.</summary>
/// <param name="Generates">it takes no turns</param>
/// <param name="Samples">n_i</param>
/// <param name="Resume">it comes back; null = it joins</param>
/// <param name="Content">its tensors</param>
internal sealed record SessionHello(bool Generates, long Samples, Resume? Resume, PlanAccepted Content);
