using static TorchSharp.torch;

namespace FlGlm.Core.Models.Llama;

/// <summary>Causal self-attention with rotary positions over the whole head.</summary>
internal sealed class LlamaAttention
{
    private readonly int _heads;
    private readonly int _keyValueHeads;
    private readonly Projection _query;
    private readonly Projection _key;
    private readonly Projection _value;
    private readonly Projection _output;

    public LlamaAttention(LlamaConfig config, string module, IWeights weights)
    {
        var shape = config.Shape;
        (_heads, _keyValueHeads) = (shape.Heads, shape.KeyValueHeads);
        var queryWidth = _heads * shape.HeadSize;
        _query = new Projection(weights, module + ".q_proj", shape.Hidden, queryWidth, config.AttentionBias);
        _key = new Projection(weights, module + ".k_proj", shape.Hidden, shape.KeyWidth, config.AttentionBias);
        _value = new Projection(weights, module + ".v_proj", shape.Hidden, shape.KeyWidth, config.AttentionBias);
        _output = new Projection(weights, module + ".o_proj", queryWidth, shape.Hidden, config.AttentionBias);
    }

    public IEnumerable<Projection> Projections => [_query, _key, _value, _output];

    /// <param name="x">[B, T, H]</param>
    /// <returns>[B, T, H]</returns>
    public Tensor Forward(Tensor x, BlockContext context, IBlockPast? past)
    {
        var query = Rotary.Turn(GroupedAttention.Heads(_query.Forward(x, context.Dropout), _heads), context.Cos, context.Sin);
        var key = Rotary.Turn(GroupedAttention.Heads(_key.Forward(x, context.Dropout), _keyValueHeads), context.Cos, context.Sin);
        var value = GroupedAttention.Heads(_value.Forward(x, context.Dropout), _keyValueHeads);
        return _output.Forward(GroupedAttention.Forward(query, key, value, context, past), context.Dropout);
    }
}
