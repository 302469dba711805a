using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Client.Sessions;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Events;

namespace FlGlm.Client.Generation;

/// <summary>What a <see cref="Generator"/> needs, and with more an <see cref="Evaluation.Evaluator"/>.</summary>
public record GeneratorOptions
{
    /// <summary>The checkpoint directory; with the middle at a server it needs the tensors of head and tail only.</summary>
    public required string Model { get; init; }

    /// <summary>The settings of the run that the model is of: cut, method, and with <c>peft.start</c> the adapter to answer with.</summary>
    public RunPlan Plan { get; init; } = new();

    /// <summary>How tokens are chosen.</summary>
    public GenerationSettings Generation { get; init; } = new();

    /// <summary>What a question is wrapped in.</summary>
    public PromptTemplate Template { get; init; }

    /// <summary>What becomes of special tokens that a question spells out.</summary>
    public SpecialTokenUse SpecialTokens { get; init; }

    /// <summary>Where and in which dtype the stages of this process compute.</summary>
    public ComputeSettings Compute { get; init; } = new();

    /// <summary>The server that has the middle; null = the middle is in this process.</summary>
    public ClientSettings? Server { get; init; }

    /// <summary>Changes what leaves this side; null = nothing is changed.</summary>
    public IBoundaryDefence? Defence { get; init; }

    /// <summary>The client's keys; null = nothing is encrypted, and nobody is authenticated.</summary>
    public SealOptions? Seal { get; init; }

    /// <summary>Receives warnings and what happens meanwhile.</summary>
    public RunEvents Events { get; init; } = new();
}
