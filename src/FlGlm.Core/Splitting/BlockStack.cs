using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>The blocks of one stage with what trains on them: what head, middle and tail have in common.</summary>
public sealed class BlockStack : IDisposable
{
    private readonly StageBlueprint _blueprint;
    private readonly IReadOnlyList<DecoderBlock> _blocks;
    private readonly PrefixEncoder? _prefix;
    private readonly Dropout _dropout;
    private BlockContext? _context;
    private SequenceLayout? _layout;

    public BlockStack(StageBlueprint blueprint, StageName stage, IWeights weights)
    {
        _blueprint = blueprint;
        Range = blueprint.Split[stage];
        _blocks = [.. Range.Indices.Select(block => blueprint.Family.CreateBlock(block, weights))];
        _dropout = new Dropout(StableSeed.Of(blueprint.Seed, "dropout." + stage), blueprint.Device);
        (AdapterParameters, _prefix) = Attach();
    }

    public BlockRange Range { get; }

    /// <summary>What the adapter of these blocks trains; empty in full fine-tuning.</summary>
    public IReadOnlyList<NamedParameter> AdapterParameters { get; }

    /// <summary>This stage's prefix, where the method is P-tuning v2 and the stage has blocks.</summary>
    public PrefixEncoder? Prefix => _prefix;

    /// <summary>Inside the caller's dispose scope.</summary>
    /// <param name="hidden">[B, T, H]</param>
    /// <returns>[B, T, H]; <paramref name="hidden"/> itself where the stage has no blocks</returns>
    public Tensor Forward(Tensor hidden, SequenceLayout layout, PassMode mode)
    {
        if (_blocks.Count == 0)
            return hidden;
        _dropout.Active = mode == PassMode.Train;
        var context = Context(layout);
        var prefixes = _prefix?.Encode(hidden.shape[0], hidden.dtype, _dropout);
        for (var i = 0; i < _blocks.Count; i++)
            hidden = Forward(_blocks[i], hidden, context, prefixes?[i]);
        return hidden;
    }

    public void Dispose() => _dropout.Dispose();

    /// <summary>A scope per block: what the gradient does not need is gone before the next block begins.</summary>
    private static Tensor Forward(DecoderBlock block, Tensor hidden, BlockContext context, BlockPrefix? prefix)
    {
        using var scope = NewDisposeScope();
        return block.Forward(hidden, context, prefix).MoveToOuterDisposeScope();
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

    /// <summary>The tables of this pass; kept for the next pass of rows that lie alike.</summary>
    private BlockContext Context(SequenceLayout layout)
    {
        if (_context is not null && _layout!.LiesLike(layout))
            return _context;
        _context?.Cos.Dispose();
        _context?.Sin.Dispose();
        _context?.Mask.Dispose();
        var (cos, sin, mask) = _blueprint.Family.CreateTables(layout, _prefix?.Length ?? 0, _blueprint.Dtype, _blueprint.Device);
        _layout = layout;
        _context = new BlockContext(
            cos.DetachFromDisposeScope(), sin.DetachFromDisposeScope(), mask.DetachFromDisposeScope(), _dropout, _blueprint.AttentionDropout);
        return _context;
    }
}
