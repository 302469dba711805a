using static TorchSharp.torch;

namespace FlGlm.Core.Models.Llama;

/// <summary>Causal self-attention with rotary positions; query head h reads key/value head h / (A / KV).</summary>
internal sealed class LlamaAttention
{
    private readonly int _heads;
    private readonly int _keyValueHeads;
    private readonly int _headSize;
    private readonly Projection _query;
    private readonly Projection _key;
    private readonly Projection _value;
    private readonly Projection _output;

    public LlamaAttention(LlamaConfig config, string module, IWeights weights)
    {
        var shape = config.Shape;
        (_heads, _keyValueHeads, _headSize) = (shape.Heads, shape.KeyValueHeads, shape.HeadSize);
        var queryWidth = _heads * _headSize;
        _query = new Projection(weights, module + ".q_proj", shape.Hidden, queryWidth, config.AttentionBias);
        _key = new Projection(weights, module + ".k_proj", shape.Hidden, shape.KeyWidth, config.AttentionBias);
        _value = new Projection(weights, module + ".v_proj", shape.Hidden, shape.KeyWidth, config.AttentionBias);
        _output = new Projection(weights, module + ".o_proj", queryWidth, shape.Hidden, config.AttentionBias);
    }

    public IEnumerable<Projection> Projections => [_query, _key, _value, _output];

    /// <param name="x">[B, T, H]</param>
    /// <returns>[B, T, H]</returns>
    public Tensor Forward(Tensor x, BlockContext context, BlockPrefix? prefix)
    {
        var (rows, length) = (x.shape[0], x.shape[1]);
        var query = Rotary.Turn(Heads(_query.Forward(x, context.Dropout), _heads), context.Cos, context.Sin);
        var key = Rotary.Turn(Heads(_key.Forward(x, context.Dropout), _keyValueHeads), context.Cos, context.Sin);
        var value = Heads(_value.Forward(x, context.Dropout), _keyValueHeads);
        if (prefix is not null)
        {
            key = cat([prefix.Key, key], 2);
            value = cat([prefix.Value, value], 2);
        }

        // The A / KV query heads of a group stand below each other, so that keys and values need no copies: [B, KV, G * T, D].
        var grouped = query.reshape(rows, _keyValueHeads, -1, _headSize);
        var scores = matmul(grouped, key.transpose(2, 3)).view(rows, _heads, length, -1);
        var weights = ((scores / Math.Sqrt(_headSize)) + context.Mask).softmax(-1, dtype: float32).to(x.dtype);
        weights = context.Dropout.Apply(weights, context.AttentionDropout);
        var mixed = matmul(weights.view(rows, _keyValueHeads, -1, weights.shape[3]), value).view(rows, _heads, length, _headSize);
        return _output.Forward(mixed.transpose(1, 2).reshape(rows, length, _heads * _headSize), context.Dropout);
    }

    /// <returns>[B, heads, T, D]</returns>
    private Tensor Heads(Tensor x, int heads) => x.view(x.shape[0], x.shape[1], heads, _headSize).transpose(1, 2);
}
