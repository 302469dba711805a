using FlGlm.Client.Data;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Stages;

/// <summary>A of the paper: embedding and first blocks.</summary>
public sealed class HeadStage : IDisposable
{
    private readonly StageWeights _weights;
    private readonly BlockStack _stack;
    private readonly Device _device;

    /// <param name="weights">from now on owned by the stage</param>
    public HeadStage(StageBlueprint blueprint, StageWeights weights)
    {
        var (family, shape) = (blueprint.Family, blueprint.Family.Shape);
        (_weights, _device) = (weights, blueprint.Device);
        Embedding = new TokenEmbedding(weights.Take(family.EmbeddingName, shape.Vocabulary, shape.Hidden), shape.PadId);
        _stack = new BlockStack(blueprint, StageName.Head, weights);
        Parameters = [.. weights.Parameters, .. _stack.AdapterParameters];
    }

    /// <summary>The token embedding [V, H]; the LM head too where the model ties them.</summary>
    public TokenEmbedding Embedding { get; }

    /// <summary>The first blocks with their adapter.</summary>
    public BlockStack Blocks => _stack;

    /// <summary>The trained parameters of this stage.</summary>
    public IReadOnlyList<NamedParameter> Parameters { get; }

    /// <param name="release">makes what leaves of h0, inside the graph; null = h0 itself</param>
    /// <returns>a pass with h0 [B, T, H]</returns>
    public StagePass Forward(TrainingBatch batch, PassMode mode, Func<Tensor, Tensor>? release = null)
    {
        using var scope = NewDisposeScope();
        using var grad = mode == PassMode.Evaluate ? no_grad() : enable_grad();
        var hidden = Hidden(batch, mode);
        return new StagePass((release?.Invoke(hidden) ?? hidden).MoveToOuterDisposeScope(), input: null);
    }

    /// <summary>h0 [B, T, H] with its graph, inside the caller's dispose scope.</summary>
    public Tensor Hidden(TrainingBatch batch, PassMode mode) => _stack.Forward(Embed(batch), batch.Layout, mode);

    /// <summary>The input of the first block [B, T, H], inside the caller's dispose scope.</summary>
    internal Tensor Embed(TrainingBatch batch) => Embedding.Forward(tensor(batch.Ids, dtype: int64, device: _device).view(batch.Rows, batch.Length));

    /// <summary>Forward without gradient; continues the rows in the cache.</summary>
    /// <param name="ids">[R * T] token ids</param>
    /// <param name="release">makes what leaves of h0; null = h0 itself</param>
    /// <returns>h0 [R, T, H]; the caller disposes it</returns>
    public Tensor Forward(long[] ids, SequenceLayout layout, KeyValueCache cache, Func<Tensor, Tensor>? release = null)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var rows = tensor(ids, dtype: int64, device: _device).view(layout.Rows, layout.Length);
        var hidden = _stack.Forward(Embedding.Forward(rows), layout, cache);
        return (release?.Invoke(hidden) ?? hidden).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the weights, the trained parameters and the tables.</summary>
    public void Dispose()
    {
        _stack.Dispose();
        _weights.Dispose();
    }
}
