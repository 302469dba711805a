using FlGlm.Client.Stages;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>The public model as a function of the vectors at its input, which can be differentiated twice.</summary>
internal sealed class MatchedModel : IDisposable
{
    private readonly ClientStages _client;
    private readonly MiddleStage _middle;

    public MatchedModel(PublicModel model, SplitSettings split)
    {
        var blueprint = model.BlueprintOf(split) with { AttentionStepByStep = true };
        (_client, _middle) = (new ClientStages(model.Checkpoint, blueprint), new MiddleStage(model.Checkpoint, blueprint));
        foreach (var parameter in _client.Parameters.Concat(_middle.Parameters))
            parameter.Value.requires_grad_(false);
    }

    /// <summary>[V, H]</summary>
    public Tensor Embedding => _client.Head.Embedding.Weight;

    /// <param name="input">[B, T, H] in the place of the tokens' embeddings</param>
    /// <returns>h0 [B, T, H], with its graph</returns>
    public Tensor Head(Tensor input, SequenceLayout layout) => _client.Head.Blocks.Forward(input, layout, PassMode.Evaluate);

    /// <param name="hidden">h0 [B, T, H]</param>
    /// <param name="labels">[B, T, V] probabilities of the token behind each position</param>
    /// <param name="positions">[B, T] how much each counts in the loss of its row; 0 on padding</param>
    /// <returns>dL/dhN-2 and dL/dh0 [B, T, H], with the graph that leads to <paramref name="hidden"/></returns>
    public (Tensor Up, Tensor Down) Gradients(Tensor hidden, SequenceLayout layout, Tensor labels, Tensor positions)
    {
        var last = _middle.Blocks.Forward(hidden, layout, PassMode.Evaluate);
        var log = _client.Tail.Logits(last, layout).log_softmax(-1);
        var loss = labels.mul(log).sum(-1).neg().mul(positions).sum();
        var gradients = autograd.grad([loss], [last, hidden], retain_graph: true, create_graph: true);
        return (gradients[0], gradients[1]);
    }

    public void Dispose()
    {
        _middle.Dispose();
        _client.Dispose();
    }
}
