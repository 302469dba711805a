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
        var (rows, heads, length, headSize) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3]);
        var keyValueHeads = key.shape[1];
        if (past is not null)
            (key, value) = past.Join(key, value);

        // The A / KV query heads of a group stand below each other, so that keys and values need no copies: [B, KV, G * T, D].
        var grouped = (query / Math.Sqrt(headSize)).reshape(rows, keyValueHeads, -1, headSize);
        var mask = heads == keyValueHeads ? context.Mask : cat([.. Enumerable.Repeat(context.Mask, (int)(heads / keyValueHeads))], -2);
        var scores = matmul(grouped, key.transpose(2, 3)).add_(mask);
        var weights = scores.softmax(-1, dtype: float32).to(query.dtype);
        weights = context.Dropout.Apply(weights, context.AttentionDropout);
        var mixed = matmul(weights, value).view(rows, heads, length, headSize);
        return mixed.transpose(1, 2).reshape(rows, length, heads * headSize);
    }

    /// <summary>Cuts the last dimension into heads.</summary>
    /// <param name="x">[B, T, heads * D]</param>
    /// <returns>[B, heads, T, D]</returns>
    public static Tensor Heads(Tensor x, int heads) => x.view(x.shape[0], x.shape[1], heads, -1).transpose(1, 2);
}
