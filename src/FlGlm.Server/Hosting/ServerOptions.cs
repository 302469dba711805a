using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Server.Tap;

namespace FlGlm.Server.Hosting;

/// <summary>What an <see cref="FlGlmServer"/> needs.</summary>
public sealed record ServerOptions
{
    /// <summary>The checkpoint directory; it needs the middle's tensors only.</summary>
    public required string Model { get; init; }

    /// <summary>The settings of the run; what they leave unset follows from the model.</summary>
    public RunPlan Plan { get; init; } = new();

    /// <summary>Address, limits and time-outs.</summary>
    public ServerSettings Server { get; init; } = new();

    /// <summary>Where and in which dtype the middle computes.</summary>
    public ComputeSettings Compute { get; init; } = new();

    /// <summary>The server's keys; null = nothing is encrypted, and nobody is authenticated.</summary>
    public SealOptions? Seal { get; init; }

    /// <summary>Where the trained middle is written; empty = nowhere.</summary>
    public string Output { get; init; } = "";

    /// <summary>The folder of the run's checkpoints; empty = none are written. One that has some is refused without <see cref="Resume"/>.</summary>
    public string Checkpoints { get; init; } = "";

    /// <summary>The run goes on where its checkpoints say; without any it begins.</summary>
    public bool Resume { get; init; }

    /// <summary>The checkpoint with which <see cref="Resume"/> goes on, which removes later ones; empty = the newest.</summary>
    public string ResumeFrom { get; init; } = "";

    /// <summary>Gets every frame that the server sees, opened, to measure what it can learn; null = nothing does.</summary>
    public IServerTap? Tap { get; init; }
}
