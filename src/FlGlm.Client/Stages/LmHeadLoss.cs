using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Client.Stages;

/// <summary>
/// Cross-entropy of the LM head's logits. With a frozen LM head it goes through the positions <see cref="TailStage.JudgedAtOnce"/> at a time and takes the
/// gradient of each part while its logits are there: logits, probabilities and gradients of a whole batch, each [N, V], are never in memory.
/// </summary>
internal static class LmHeadLoss
{
    /// <param name="hidden">[N, H] after the final norm, of the positions that are judged</param>
    /// <param name="lmHead">[V, H]</param>
    /// <param name="labels">[N]</param>
    /// <param name="shares">[N] float32, what each position counts; null = all the same, as in a mean</param>
    /// <returns>[] in float32; if <paramref name="hidden"/> has a graph, with one that can be differentiated once</returns>
    public static Tensor Of(Tensor hidden, Tensor lmHead, Tensor labels, Tensor? shares)
    {
        if (hidden.shape[0] <= TailStage.JudgedAtOnce || lmHead.requires_grad)
            return AtOnce(hidden, lmHead, labels, shares);
        shares ??= ones_like(labels, dtype: float32).Over(labels.shape[0]);
        var parts = hidden.split(TailStage.JudgedAtOnce).Zip(labels.split(TailStage.JudgedAtOnce), shares.split(TailStage.JudgedAtOnce));
        var differentiates = is_grad_enabled() && hidden.requires_grad;
        var results = parts.Select(part => Part(part.First, lmHead, part.Second, part.Third, differentiates)).ToList();
        var loss = stack(results.Select(result => result.Loss)).sum();
        if (!differentiates)
            return loss;
        var path = hidden.to(float32).mul(cat([.. results.Select(result => result.Gradient!)])).sum();
        return loss.Plus(path.sub(path.detach())); // adds 0, and the gradient that was found
    }

    /// <returns>the part's loss [] without a graph, and its gradient [n, H] in float32 where it is asked for</returns>
    private static (Tensor Loss, Tensor? Gradient) Part(Tensor hidden, Tensor lmHead, Tensor labels, Tensor shares, bool differentiates)
    {
        using var scope = NewDisposeScope();
        var input = hidden.detach().requires_grad_(differentiates);
        var loss = AtOnce(input, lmHead, labels, shares);
        var gradient = differentiates ? autograd.grad([loss], [input])[0].to(float32).MoveToOuterDisposeScope() : null;
        return (loss.detach().MoveToOuterDisposeScope(), gradient);
    }

    /// <returns>[]: the sum by shares, or the mean</returns>
    private static Tensor AtOnce(Tensor hidden, Tensor lmHead, Tensor labels, Tensor? shares)
    {
        var logits = LinearProduct.Of(hidden, lmHead).to(float32);
        return shares is null
            ? nn.functional.cross_entropy(logits, labels)
            : nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.None).mul(shares).sum();
    }
}
