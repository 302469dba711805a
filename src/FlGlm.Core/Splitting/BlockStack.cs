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
    private readonly int _seat;
    private readonly Dictionary<int, PassTables> _tables = [];

    /// <param name="seat">of the client whose passes it computes, where nothing else is said</param>
    internal BlockStack(StageBlueprint blueprint, StageName stage, IWeights weights, int seat = 1)
    {
        _seat = seat;
        _blueprint = blueprint;
        Stage = stage;
        Range = blueprint.Split[stage];
        _blocks = [.. Range.Indices.Select(block => blueprint.Family.CreateBlock(block, weights))];
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

    private PassTables Own => Tables(_seat);

    /// <summary>Computes all blocks; the result is in the caller's dispose scope.</summary>
    /// <param name="hidden">[B, T, H]</param>
    /// <returns>[B, T, H]; <paramref name="hidden"/> itself where the stage has no blocks</returns>
    public Tensor Forward(Tensor hidden, SequenceLayout layout, PassMode mode) => Forward(hidden, layout, mode, seat: null);

    /// <inheritdoc cref="Forward(Tensor, SequenceLayout, PassMode)"/>
    /// <param name="seat">the client whose generator dropout is drawn from; null = the stage's own</param>
    internal Tensor Forward(Tensor hidden, SequenceLayout layout, PassMode mode, int? seat)
    {
        if (_blocks.Count == 0)
            return hidden;
        var tables = Tables(seat ?? _seat);
        tables.Dropout.Active = mode == PassMode.Train;
        return Forward(hidden, tables.Of(layout), Prefix?.Encode(layout.Rows, hidden.dtype, tables.Dropout));
    }

    /// <summary>Computes all blocks for several clients at once, for a gradient; the result is in the caller's dispose scope.</summary>
    /// <param name="hidden">[1, N, H] the real tokens of all</param>
    /// <param name="parts">of <see cref="Join"/></param>
    /// <returns>[1, N, H]; <paramref name="hidden"/> itself where the stage has no blocks</returns>
    internal Tensor Forward(Tensor hidden, IReadOnlyList<JoinedPart> parts)
    {
        if (_blocks.Count == 0)
            return hidden;
        var context = new BlockContext(
            Table(part => part.Context.Cos), Table(part => part.Context.Sin), Mask: null, new JoinedDropout(parts, ofRows: false), _blueprint.AttentionDropout)
        {
            Joined = parts,
        };
        return Forward(hidden, context, Prefix?.Encode(parts.Sum(part => part.Layout.Rows), hidden.dtype, new JoinedDropout(parts, ofRows: true)));

        Tensor Table(Func<JoinedPart, Tensor> of) => cat([.. parts.Select(part => part.PackTable(of(part)))], 0).unsqueeze(0).unsqueeze(0);
    }

    /// <summary>Lays the rows of several clients one after the other; the caller disposes them.</summary>
    internal IReadOnlyList<JoinedPart> Join(IEnumerable<(int Seat, SequenceLayout Layout)> clients)
    {
        var parts = new List<JoinedPart>();
        var (tokens, rows) = (0, 0);
        foreach (var (seat, layout) in clients)
        {
            var tables = Tables(seat);
            tables.Dropout.Active = true;
            parts.Add(new JoinedPart(layout, tables.Of(layout), tables.Dropout, tokens, rows));
            (tokens, rows) = (tokens + layout.Tokens, rows + layout.Rows);
        }

        return parts;
    }

    /// <summary>The generators of dropout by seat, as far as there are any.</summary>
    internal IEnumerable<KeyValuePair<int, Dropout>> Dropouts => _tables.ToDictionary(tables => tables.Key, tables => tables.Value.Dropout);

    /// <summary>The next pass of these seats begins with a new generator of dropout.</summary>
    internal void ForgetSeats(Func<int, bool> which)
    {
        foreach (var seat in _tables.Keys.Where(which).ToList())
        {
            _tables.Remove(seat, out var tables);
            tables!.Dispose();
        }
    }

    /// <summary>The generator of a client's dropout.</summary>
    internal Dropout DropoutOf(int seat) => Tables(seat).Dropout;

    /// <summary>Computes all blocks without gradient and caches keys and values; the result is in the caller's dispose scope.</summary>
    /// <param name="hidden">[R, T, H]</param>
    /// <param name="layout">whole rows where the cache is new, else <see cref="SequenceLayout.Next"/> of the last pass</param>
    /// <returns>[R, T, H]; <paramref name="hidden"/> itself where the stage has no blocks</returns>
    public Tensor Forward(Tensor hidden, SequenceLayout layout, KeyValueCache cache)
    {
        if (_blocks.Count == 0)
            return hidden;
        Own.Dropout.Active = false;
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
        foreach (var tables in _tables.Values)
            tables.Dispose();
    }

    private Tensor Forward(Tensor hidden, BlockContext context, IReadOnlyList<BlockPrefix>? prefixes)
    {
        for (var i = 0; i < _blocks.Count; i++)
            hidden = Forward(_blocks[i], hidden, context, prefixes?[i]);
        return hidden;
    }

    /// <summary>One dispose scope per block: tensors that the gradient does not need are freed before the next block.</summary>
    private static Tensor Forward(DecoderBlock block, Tensor hidden, BlockContext context, IBlockPast? past)
    {
        using var scope = NewDisposeScope();
        return block.Forward(hidden, context, past).MoveToOuterDisposeScope();
    }

    private BlockContext FirstContext(SequenceLayout layout, ScalarType dtype, KeyValueCache cache)
    {
        cache.Fill(_blocks.Count, Prefix?.Encode(layout.Rows, dtype, Own.Dropout), PrefixLength, layout, _blueprint.Device);
        return Own.Of(layout);
    }

    private BlockContext NextContext(SequenceLayout layout, Tensor mask)
    {
        var (cos, sin) = _blueprint.Family.CreateRotary(layout, PrefixLength, _blueprint.Dtype, _blueprint.Device);
        return new BlockContext(cos, sin, mask, Own.Dropout, AttentionDropout: 0);
    }

    private (IReadOnlyList<NamedParameter>, PrefixEncoder?) Attach()
    {
        var (peft, shape) = (_blueprint.Peft, _blueprint.Family.Shape);
        if (_blocks.Count == 0 || peft.Method == PeftMethod.None)
            return ([], null);
        if (peft.Method == PeftMethod.Lora)
            return (AttachLora(), null);
        PrefixEncoder prefix = peft.Prefix.Projection
            ? new ProjectedPrefixEncoder(Range, _blueprint.Family, peft.Prefix, _blueprint.Seed, _blueprint.Device)
            : new PlainPrefixEncoder(Range, shape, peft.Prefix, _blueprint.Seed, _blueprint.Device);
        return (prefix.Parameters, prefix);
    }

    private IReadOnlyList<NamedParameter> AttachLora()
    {
        var parameters = Lora.Attach(_blocks, _blueprint.Peft.Lora, _blueprint.Seed, _blueprint.Device);
        foreach (var parameter in parameters.Where(parameter => _blueprint.FreezesLoraA && Lora.IsA(parameter.Name)))
            parameter.Value.requires_grad = false;
        return parameters;
    }

    private PassTables Tables(int seat)
    {
        if (!_tables.TryGetValue(seat, out var tables))
            _tables.Add(seat, tables = new PassTables(_blueprint, Stage, PrefixLength, seat));
        return tables;
    }
}
