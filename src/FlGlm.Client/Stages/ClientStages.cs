using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;

namespace FlGlm.Client.Stages;

/// <summary>The two parts of the model that a data owner keeps.</summary>
public sealed class ClientStages : IDisposable
{
    /// <param name="checkpoint">must hold the tensors of head and tail; the middle's may be missing</param>
    public ClientStages(HfCheckpoint checkpoint, StageBlueprint blueprint)
    {
        Blueprint = blueprint;
        Head = new HeadStage(blueprint, new StageWeights(checkpoint, blueprint, StageName.Head));
        Tail = new TailStage(blueprint, new StageWeights(checkpoint, blueprint, StageName.Tail), Head.Embedding);
        Parameters = [.. Head.Parameters, .. Tail.Parameters];
    }

    /// <summary>What the stages were built from.</summary>
    public StageBlueprint Blueprint { get; }

    /// <summary>The embedding and the first blocks.</summary>
    public HeadStage Head { get; }

    /// <summary>The last blocks, final norm, LM head and loss.</summary>
    public TailStage Tail { get; }

    /// <summary>The parameters that the client trains, head before tail.</summary>
    public IReadOnlyList<NamedParameter> Parameters { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Head.Dispose();
        Tail.Dispose();
    }
}
