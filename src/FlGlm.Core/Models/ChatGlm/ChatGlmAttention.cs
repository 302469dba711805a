using static TorchSharp.torch;

namespace FlGlm.Core.Models.ChatGlm;

/// <summary>Self-attention; one projection makes query, key and value of head 0, then of head 1, and so on.</summary>
internal sealed class ChatGlmAttention(ChatGlmConfig config, string module, IWeights weights)
{
    private readonly int _heads = config.Shape.Heads;
    private readonly int _headSize = config.Shape.HeadSize;
    private readonly Projection _queryKeyValue = new(weights, module + ".query_key_value", config.Shape.Hidden, 3 * config.Shape.Hidden, bias: true);
    private readonly Projection _dense = new(weights, module + ".dense", config.Shape.Hidden, config.Shape.Hidden, bias: true);

    public IEnumerable<Projection> Projections => [_queryKeyValue, _dense];

    /// <param name="x">[B, T, H]</param>
    /// <returns>[B, T, H]</returns>
    public Tensor Forward(Tensor x, BlockContext context, IBlockPast? past)
    {
        var heads = GroupedAttention.Heads(_queryKeyValue.Forward(x, context.Dropout), _heads);
        var query = ChatGlmRotary.Turn(heads.narrow(3, 0, _headSize), context.Cos, context.Sin);
        var key = ChatGlmRotary.Turn(heads.narrow(3, _headSize, _headSize), context.Cos, context.Sin);
        var value = heads.narrow(3, 2 * _headSize, _headSize);
        return _dense.Forward(GroupedAttention.Forward(query, key, value, context, past), context.Dropout);
    }
}
