using FlGlm.Core.Crypto;

namespace FlGlm.Client.Training;

/// <summary>What an <see cref="FlGlmClient"/> needs.</summary>
public sealed record ClientOptions : TrainerOptions
{
    /// <summary>The client's keys; null = nothing is encrypted, and nobody is authenticated.</summary>
    public SealOptions? Seal { get; init; }
}
