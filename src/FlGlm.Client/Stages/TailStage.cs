using FlGlm.Client.Data;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Stages;

/// <summary>C of the paper: last blocks, final norm, LM head, loss. Labels and logits stay here.</summary>
public sealed class TailStage : IDisposable
{
    /// <summary>How many positions' logits are in memory at a time while a loss is computed, if the LM head is frozen; else those of all targets are.</summary>
    public const int JudgedAtOnce = 256;

    private readonly StageWeights _weights;
    private readonly BlockStack _stack;
    private readonly Norm _norm;
    private readonly Tensor _lmHead;
    private readonly Device _device;

    /// <param name="weights">from now on owned by the stage</param>
    /// <param name="tied">the head stage's embedding, used as LM head if the model ties them: one tensor, the sum of both gradients</param>
    public TailStage(StageBlueprint blueprint, StageWeights weights, TokenEmbedding tied)
    {
        var (family, shape) = (blueprint.Family, blueprint.Family.Shape);
        (_weights, _device) = (weights, blueprint.Device);
        _stack = new BlockStack(blueprint, StageName.Tail, weights);
        _norm = family.CreateFinalNorm(weights);
        _lmHead = shape.TiedHead ? tied.Weight : weights.Take(family.LmHeadName, shape.Vocabulary, shape.Hidden);
        Parameters = [.. weights.Parameters, .. _stack.AdapterParameters];
    }

    /// <summary>The last blocks with their adapter.</summary>
    public BlockStack Blocks => _stack;

    /// <summary>The trained parameters of this stage; a tied LM head is among those of the head stage.</summary>
    public IReadOnlyList<NamedParameter> Parameters { get; }

    /// <param name="hidden">hN-2 [B, T, H]; the gradient ends here</param>
    /// <param name="rowMeans">the loss is the mean over the rows of each row's own mean; otherwise the mean over all targets</param>
    /// <returns>a pass with the loss []</returns>
    public StagePass Forward(Tensor hidden, TrainingBatch batch, PassMode mode, bool rowMeans = false)
    {
        using var scope = NewDisposeScope();
        using var grad = mode == PassMode.Evaluate ? no_grad() : enable_grad();
        var input = hidden.detach().requires_grad_(mode == PassMode.Train);
        var loss = Loss(input, batch, mode, rowMeans);
        return new StagePass(loss.MoveToOuterDisposeScope(), input.MoveToOuterDisposeScope());
    }

    /// <summary>Mean cross-entropy over the batch's targets, logits in float32, each position compared with the next label.</summary>
    /// <param name="rowMeans">the mean over the rows of each row's own mean instead; a row without a target counts as 0</param>
    /// <returns>[], with its graph, which can be differentiated once, inside the caller's dispose scope</returns>
    /// <exception cref="DataException">The batch has no target.</exception>
    public Tensor Loss(Tensor hidden, TrainingBatch batch, PassMode mode, bool rowMeans = false)
    {
        ExpectTargets(batch);
        var (positions, targets) = batch.Targets();
        var last = _stack.Forward(hidden, batch.Layout, mode).flatten(0, 1);
        var judged = last.index_select(0, tensor(positions, dtype: int64, device: _device));
        var labels = tensor(targets, dtype: int64, device: _device);
        var shares = rowMeans ? tensor(batch.RowShares(positions), device: _device) : null;
        return LmHeadLoss.Of(_norm.Forward(judged), _lmHead, labels, shares);
    }

    /// <returns>[B, T, V] in float32, inside the caller's dispose scope</returns>
    public Tensor Logits(Tensor hidden, SequenceLayout layout) => LmHead(_stack.Forward(hidden, layout, PassMode.Evaluate));

    /// <summary>Forward without gradient; continues the rows in the cache.</summary>
    /// <param name="hidden">hN-2 [R, T, H]</param>
    /// <returns>[R][V] logits of the token after each row</returns>
    public float[][] NextLogits(Tensor hidden, SequenceLayout layout, KeyValueCache cache)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var last = layout.Lengths.Select((length, row) => ((long)row * layout.Length) + length - 1).ToArray();
        var read = _stack.Forward(hidden, layout, cache).flatten(0, 1).index_select(0, tensor(last, dtype: int64, device: _device));
        var logits = LmHead(read).cpu();
        return [.. Enumerable.Range(0, layout.Rows).Select(row => logits.select(0, row).data<float>().ToArray())];
    }

    /// <summary>Log-probabilities of given tokens: forward without gradient, continues the rows in the cache. No other logits leave the stage.</summary>
    /// <param name="hidden">hN-2 [R, T, H]</param>
    /// <param name="targets">[R] of each row, the token to judge after each of its real tokens</param>
    /// <returns>[R] log p of each target</returns>
    public float[][] LogProbabilities(Tensor hidden, SequenceLayout layout, KeyValueCache cache, IReadOnlyList<IReadOnlyList<int>> targets)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        long[] judged = [.. targets.SelectMany(row => row).Select(token => (long)token)];
        var read = _stack.Forward(hidden, layout, cache).flatten(0, 1).index_select(0, tensor(layout.RealTokens, dtype: int64, device: _device));
        var chosen = LmHead(read).log_softmax(-1).gather(1, tensor(judged, dtype: int64, device: _device).unsqueeze(1));
        var values = new Queue<float>(chosen.cpu().data<float>().ToArray());
        return [.. layout.Lengths.Select(length => Enumerable.Range(0, length).Select(_ => values.Dequeue()).ToArray())];
    }

    /// <summary>Frees the weights, the trained parameters and the tables.</summary>
    public void Dispose()
    {
        _stack.Dispose();
        _weights.Dispose();
    }

    /// <summary>The mean over no targets is NaN, which would look like a training that has diverged.</summary>
    /// <exception cref="DataException">The batch has no target.</exception>
    internal static void ExpectTargets(TrainingBatch batch)
    {
        if (batch.LabelCount > 0)
            return;
        throw new DataException(
            "data",
            null,
            $"A batch of {batch.Rows} {(batch.Rows == 1 ? "row" : "rows")} has no token to learn: every label is {Example.Ignored} or belongs to a row's first token. "
            + "Give the rows of the data an answer, or labels after their first token.");
    }

    private Tensor LmHead(Tensor hidden) => LinearProduct.Of(_norm.Forward(hidden), _lmHead).to(float32);
}
