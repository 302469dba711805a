using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>The blocks of one stage with their adapter: the common part of head, middle and tail.</summary>
public sealed class BlockStack : IDisposable
{
    private readonly StageBlueprint _blueprint;
    private readonly IReadOnlyList<DecoderBlock> _blocks;
    private readonly Dropout _dropout;
    private BlockContext? _context;
    private SequenceLayout? _layout;

    /// <param name="replica">counted from 1: from 2 on part of the name from which the seed of dropout follows</param>
    internal BlockStack(StageBlueprint blueprint, StageName stage, IWeights weights, int replica = 1)
    {
        _blueprint = blueprint;
        Stage = stage;
        Range = blueprint.Split[stage];
        _blocks = [.. Range.Indices.Select(block => blueprint.Family.CreateBlock(block, weights))];
        _dropout = new Dropout(StableSeed.Of(blueprint.Seed, replica == 1 ? $"dropout.{stage}" : $"dropout.{stage}.{replica}"), blueprint.Device);
        (AdapterParameters, Prefix) = Attach();
    }

    /// <summary>Head, middle or tail.</summary>
    public StageName Stage { get; }

    /// <summary>The blocks of this stage.</summary>
    public BlockRange Range { get; }

    /// <summary>The adapter's parameters for these blocks; empty in full fine-tuning.</summary>
    public IReadOnlyList<NamedParameter> AdapterParameters { get; }

    /// <summary>This stage's prefix; null unless the method is P-tuning v2 and the stage has blocks.</summary>
    internal PrefixEncoder? Prefix { get; }

    private int PrefixLength => Prefix?.Length ?? 0;

    /// <summary>Computes all blocks; the result is in the caller's dispose scope.</summary>
    /// <param name="hidden">[B, T, H]</param>
    /// <returns>[B, T, H]; <paramref name="hidden"/> itself where the stage has no blocks</returns>
    public Tensor Forward(Tensor hidden, SequenceLayout layout, PassMode mode)
    {
        if (_blocks.Count == 0)
            return hidden;
        _dropout.Active = mode == PassMode.Train;
        var context = Context(layout);
        var prefixes = Prefix?.Encode(hidden.shape[0], hidden.dtype, _dropout);
        for (var i = 0; i < _blocks.Count; i++)
            hidden = Forward(_blocks[i], hidden, context, prefixes?[i]);
        return hidden;
    }

    /// <summary>Computes all blocks without gradient and caches keys and values; the result is in the caller's dispose scope.</summary>
    /// <param name="hidden">[R, T, H]</param>
    /// <param name="layout">whole rows where the cache is new, else <see cref="SequenceLayout.Next"/> of the last pass</param>
    /// <returns>[R, T, H]; <paramref name="hidden"/> itself where the stage has no blocks</returns>
    public Tensor Forward(Tensor hidden, SequenceLayout layout, KeyValueCache cache)
    {
        if (_blocks.Count == 0)
            return hidden;
        _dropout.Active = false;
        var context = cache.IsFilled ? NextContext(layout, cache.Extend(layout)) : FirstContext(layout, hidden.dtype, cache);
        for (var i = 0; i < _blocks.Count; i++)
            hidden = Forward(_blocks[i], hidden, context, cache[i]);
        return hidden;
    }

    /// <summary>Bytes of a cache for this many rows after this many more tokens.</summary>
    /// <param name="cache">the current cache; null for new rows</param>
    public long CacheBytes(KeyValueCache? cache, long rows, long tokens)
    {
        var slots = cache?.CapacityFor(tokens) ?? KeyValueCache.Capacity(PrefixLength + tokens);
        return 2 * _blocks.Count * rows * slots * _blueprint.Family.Shape.KeyWidth * ElementTypes.FromScalarType(_blueprint.Dtype).Size();
    }

    /// <summary>Frees the adapter's parameters and the tables; the blocks' weights are freed by their <see cref="StageWeights"/>.</summary>
    public void Dispose()
    {
        foreach (var parameter in AdapterParameters)
            parameter.Value.Dispose();
        ForgetContext();
        _dropout.Dispose();
    }

    /// <summary>One dispose scope per block: tensors that the gradient does not need are freed before the next block.</summary>
    private static Tensor Forward(DecoderBlock block, Tensor hidden, BlockContext context, IBlockPast? past)
    {
        using var scope = NewDisposeScope();
        return block.Forward(hidden, context, past).MoveToOuterDisposeScope();
    }

    private BlockContext FirstContext(SequenceLayout layout, ScalarType dtype, KeyValueCache cache)
    {
        cache.Fill(_blocks.Count, Prefix?.Encode(layout.Rows, dtype, _dropout), PrefixLength, layout, _blueprint.Device);
        return Context(layout);
    }

    private BlockContext NextContext(SequenceLayout layout, Tensor mask)
    {
        var (cos, sin) = _blueprint.Family.CreateRotary(layout, PrefixLength, _blueprint.Dtype, _blueprint.Device);
        return new BlockContext(cos, sin, mask, _dropout, AttentionDropout: 0);
    }

    private (IReadOnlyList<NamedParameter>, PrefixEncoder?) Attach()
    {
        var (peft, shape) = (_blueprint.Peft, _blueprint.Family.Shape);
        if (_blocks.Count == 0 || peft.Method == PeftMethod.None)
            return ([], null);
        if (peft.Method == PeftMethod.Lora)
            return (Lora.Attach(_blocks, peft.Lora, _blueprint.Seed, _blueprint.Device), null);
        PrefixEncoder prefix = peft.Prefix.Projection
            ? new ProjectedPrefixEncoder(Range, _blueprint.Family, peft.Prefix, _blueprint.Seed, _blueprint.Device)
            : new PlainPrefixEncoder(Range, shape, peft.Prefix, _blueprint.Seed, _blueprint.Device);
        return (prefix.Parameters, prefix);
    }

    /// <summary>The rotary and mask tables for a layout; kept and used again while the next layouts have the same tables.</summary>
    private BlockContext Context(SequenceLayout layout)
    {
        if (_context is not null && _layout!.HasSameTables(layout))
            return _context;
        ForgetContext();
        using var scope = NewDisposeScope();
        var (cos, sin, mask) = _blueprint.Family.CreateTables(layout, PrefixLength, _blueprint.Dtype, _blueprint.Device);
        var context = new BlockContext(cos, sin, mask, _dropout, _blueprint.AttentionDropout)
        {
            AttentionStepByStep = _blueprint.AttentionStepByStep,
        };
        scope.Detach(cos, sin);
        if (mask is not null)
            scope.Detach(mask);
        (_context, _layout) = (context, layout);
        return context;
    }

    /// <summary>The field is cleared first, so that no later pass finds tables that are freed.</summary>
    private void ForgetContext()
    {
        var context = _context;
        (_context, _layout) = (null, null);
        context?.Cos.Dispose();
        context?.Sin.Dispose();
        context?.Mask?.Dispose();
    }
}
