using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>Softmax attention; query head h reads key/value head h / (A / KV).</summary>
internal static class GroupedAttention
{
    /// <param name="query">[B, A, T, D], rotated</param>
    /// <param name="key">[B, KV, T, D], rotated</param>
    /// <param name="value">[B, KV, T, D]</param>
    /// <returns>[B, T, A * D]</returns>
    public static Tensor Forward(Tensor query, Tensor key, Tensor value, BlockContext context, IBlockPast? past)
    {
        if (context.Joined is { } clients)
            return cat([.. clients.Select(client => client.Attend(query, key, value, (BlockPrefix?)past))], 0).unsqueeze(0);
        if (past is not null)
            (key, value) = past.Join(key, value);
        var (rows, heads, length, headSize) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3]);
        var stepByStep = context.AttentionStepByStep || (context.Dropout.Active && context.AttentionDropout > 0);
        var mixed = stepByStep ? WithDropout(query, Repeated(key, heads), Repeated(value, heads), context)
            : length == 1 ? Fused(query.reshape(rows, key.shape[1], -1, headSize), key, value, context.Mask, isCausal: false)
            : Fused(query, Repeated(key, heads), Repeated(value, heads), context.Mask, isCausal: context.Mask is null);
        return mixed.reshape(rows, heads, length, headSize).transpose(1, 2).reshape(rows, length, heads * headSize);
    }

    /// <summary>Cuts the last dimension into heads.</summary>
    /// <param name="x">[B, T, heads * D]</param>
    /// <returns>[B, heads, T, D]</returns>
    public static Tensor Heads(Tensor x, int heads) => x.view(x.shape[0], x.shape[1], heads, -1).transpose(1, 2);

    /// <summary>
    /// One kernel that never holds all scores. A pass of one token has its A / KV query heads of a group in the place of T, so that a long
    /// cache needs no copies.
    /// </summary>
    /// <returns>shaped like <paramref name="query"/></returns>
    internal static Tensor Fused(Tensor query, Tensor key, Tensor value, Tensor? mask, bool isCausal) =>
        nn.functional.scaled_dot_product_attention(query, key, value, attn_mask: mask!, is_casual: isCausal);

    /// <summary>Step by step, for dropout from the stage's own generator; without dropout where none is active.</summary>
    /// <param name="query">[B, A, T, D]</param>
    /// <param name="key">[B, A, L + T, D]</param>
    /// <param name="value">[B, A, L + T, D]</param>
    /// <returns>[B, A, T, D]</returns>
    internal static Tensor WithDropout(Tensor query, Tensor key, Tensor value, BlockContext context)
    {
        var (length, headSize, keys) = (query.shape[2], query.shape[3], key.shape[2]);
        var scores = bmm(query.Over(Math.Sqrt(headSize)).reshape(-1, length, headSize), key.reshape(-1, keys, headSize).transpose(1, 2));
        var masked = scores.view(query.shape[0], -1, length, keys).Plus(context.Mask ?? CausalMask.Of(length, query.device));
        var weights = context.Dropout.Apply(masked.softmax(-1, dtype: float32).to(query.dtype), context.AttentionDropout);
        return bmm(weights.view(-1, length, keys), value.reshape(-1, keys, headSize)).view_as(query);
    }

    /// <returns>[B, A, T, D]: each key/value head once for every query head of its group</returns>
    private static Tensor Repeated(Tensor x, long heads) => x.shape[1] == heads
        ? x
        : x.unsqueeze(2).expand(x.shape[0], x.shape[1], heads / x.shape[1], x.shape[2], x.shape[3]).reshape(x.shape[0], heads, x.shape[2], x.shape[3]);
}
