using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>Softmax attention; query head h reads key/value head h / (A / KV).</summary>
internal static class GroupedAttention
{
    /// <summary>256 MiB in float32.</summary>
    private const long MaxScores = 1L << 26;

    /// <param name="query">[B, A, T, D], rotated</param>
    /// <param name="key">[B, KV, T, D], rotated</param>
    /// <param name="value">[B, KV, T, D]</param>
    /// <param name="maxScores">more of them are made in parts, where no gradient needs them all</param>
    /// <returns>[B, T, A * D]</returns>
    public static Tensor Forward(Tensor query, Tensor key, Tensor value, BlockContext context, IBlockPast? past, long maxScores = MaxScores)
    {
        if (past is not null)
            (key, value) = past.Join(key, value);
        var length = query.shape[2];
        var atOnce = is_grad_enabled() ? length : Math.Max(1, maxScores / (query.shape[0] * query.shape[1] * key.shape[2]));
        if (length <= atOnce)
            return Attend(query, key, value, context.Mask, context);

        var parts = new List<Tensor>();
        for (long first = 0; first < length; first += atOnce)
        {
            var count = Math.Min(atOnce, length - first);
            using var scope = NewDisposeScope();
            parts.Add(Attend(query.narrow(2, first, count), key, value, context.Mask.narrow(-2, first, count), context).MoveToOuterDisposeScope());
        }

        return cat(parts, 1);
    }

    /// <summary>Cuts the last dimension into heads.</summary>
    /// <param name="x">[B, T, heads * D]</param>
    /// <returns>[B, heads, T, D]</returns>
    public static Tensor Heads(Tensor x, int heads) => x.view(x.shape[0], x.shape[1], heads, -1).transpose(1, 2);

    private static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor mask, BlockContext context)
    {
        var (rows, heads, length, headSize) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3]);
        var keyValueHeads = key.shape[1];

        // The A / KV query heads of a group stand below each other, so that keys and values need no copies: [B, KV, G * T, D].
        var grouped = (query / Math.Sqrt(headSize)).reshape(rows, keyValueHeads, -1, headSize);
        mask = heads == keyValueHeads ? mask : cat([.. Enumerable.Repeat(mask, (int)(heads / keyValueHeads))], -2);
        var scores = matmul(grouped, key.transpose(2, 3)).add_(mask);
        var weights = scores.softmax(-1, dtype: float32).to(query.dtype);
        weights = context.Dropout.Apply(weights, context.AttentionDropout);
        var mixed = matmul(weights, value).view(rows, heads, length, headSize);
        return mixed.transpose(1, 2).reshape(rows, length, heads * headSize);
    }
}
