using static TorchSharp.torch;

namespace FlGlm.Core.Models.ChatGlm2;

/// <summary>Causal self-attention; one projection makes all queries, then all keys, then all values.</summary>
internal sealed class ChatGlm2Attention
{
    private readonly ModelShape _shape;
    private readonly Projection _queryKeyValue;
    private readonly Projection _dense;

    public ChatGlm2Attention(ChatGlm2Config config, string module, IWeights weights)
    {
        _shape = config.Shape;
        _queryKeyValue = new Projection(weights, module + ".query_key_value", _shape.Hidden, Queries + (2 * _shape.KeyWidth), config.QueryKeyValueBias);
        _dense = new Projection(weights, module + ".dense", Queries, _shape.Hidden, bias: false);
    }

    public IEnumerable<Projection> Projections => [_queryKeyValue, _dense];

    private int Queries => _shape.Heads * _shape.HeadSize;

    /// <param name="x">[B, T, H]</param>
    /// <returns>[B, T, H]</returns>
    public Tensor Forward(Tensor x, BlockContext context, IBlockPast? past)
    {
        var fused = _queryKeyValue.Forward(x, context.Dropout);
        var query = Heads(fused, 0, _shape.Heads);
        var key = Heads(fused, Queries, _shape.KeyValueHeads);
        var value = Heads(fused, Queries + _shape.KeyWidth, _shape.KeyValueHeads);
        query = ChatGlm2Rotary.Turn(query, context.Cos, context.Sin);
        key = ChatGlm2Rotary.Turn(key, context.Cos, context.Sin);
        return _dense.Forward(GroupedAttention.Forward(query, key, value, context, past), context.Dropout);
    }

    /// <returns>[B, heads, T, D]</returns>
    private Tensor Heads(Tensor fused, int start, int heads) => GroupedAttention.Heads(fused.narrow(2, start, heads * _shape.HeadSize), heads);
}
