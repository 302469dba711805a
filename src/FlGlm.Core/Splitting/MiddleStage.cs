using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>B of the paper: the blocks between head and tail.</summary>
public sealed class MiddleStage : IDisposable
{
    private readonly StageWeights _weights;
    private readonly BlockStack _stack;

    /// <param name="checkpoint">must hold the middle's tensors; those of head and tail may be missing</param>
    public MiddleStage(HfCheckpoint checkpoint, StageBlueprint blueprint)
        : this(blueprint, new StageWeights(checkpoint, blueprint, StageName.Middle), seat: 1)
    {
    }

    private MiddleStage(StageBlueprint blueprint, StageWeights weights, int seat)
    {
        (Blueprint, _weights) = (blueprint, weights);
        _stack = new BlockStack(blueprint, StageName.Middle, weights, seat);
        Parameters = [.. weights.Parameters, .. _stack.AdapterParameters];
    }

    /// <summary>What the stage was built from.</summary>
    public StageBlueprint Blueprint { get; }

    /// <summary>The middle blocks with their adapter.</summary>
    public BlockStack Blocks => _stack;

    /// <summary>The trained parameters of this stage.</summary>
    public IReadOnlyList<NamedParameter> Parameters { get; }

    /// <summary>
    /// Another middle over the same frozen weights, with parameters, dropout and tables of its own; its parameters begin with the values that
    /// these have now. It must be disposed first.
    /// </summary>
    /// <param name="seat">of whose client it is: seat 1 draws dropout as the middle itself does, every other from a generator of its own</param>
    public MiddleStage Replica(int seat)
    {
        var replica = new MiddleStage(Blueprint, new StageWeights(_weights), seat);
        replica.Take(Parameters);
        return replica;
    }

    /// <summary>The same middle on another device, for replicas there: with weights of its own, and the values that the trained ones have now.</summary>
    internal MiddleStage CopyTo(Device device)
    {
        var blueprint = Blueprint with { Device = device };
        var copy = new MiddleStage(blueprint, new StageWeights(_weights, blueprint), seat: 1);
        copy.Take(Parameters);
        return copy;
    }

    /// <summary>Sets the trained parameters to the values of another middle's, which may be on another device.</summary>
    internal void Take(IReadOnlyList<NamedParameter> values)
    {
        using var frozen = no_grad();
        foreach (var (own, original) in Parameters.Zip(values))
            own.Value.copy_(original.Value);
    }

    /// <param name="hidden">h0 [B, T, H]; the gradient ends here</param>
    /// <returns>a pass with hN-2 [B, T, H]</returns>
    public StagePass Forward(Tensor hidden, SequenceLayout layout, PassMode mode) => Forward(hidden, layout, mode, seat: null);

    /// <inheritdoc cref="Forward(Tensor, SequenceLayout, PassMode)"/>
    /// <param name="seat">the client whose generator dropout is drawn from; null = the stage's own</param>
    internal StagePass Forward(Tensor hidden, SequenceLayout layout, PassMode mode, int? seat)
    {
        using var scope = NewDisposeScope();
        using var grad = mode == PassMode.Evaluate ? no_grad() : enable_grad();
        var input = hidden.detach().to(Blueprint.Device).requires_grad_(mode == PassMode.Train); // that of a replica may be another than the frame's
        var output = _stack.Forward(input, layout, mode, seat);
        return new StagePass(output.MoveToOuterDisposeScope(), input.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// One forward of several clients' rows (client-batch): linear products run on the real tokens of all, attention and dropout are each
    /// client's own.
    /// </summary>
    /// <param name="clients">their seats, the layouts of their rows and h0 [B, T, H], whose gradients end here</param>
    internal IJoinedPass Forward(IReadOnlyList<(int Seat, SequenceLayout Layout, Tensor Hidden)> clients)
    {
        if (clients is [var (seat, layout, hidden)])
            return new LonePass(Forward(hidden, layout, PassMode.Train, seat));
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        var parts = _stack.Join(clients.Select(client => (client.Seat, client.Layout)));
        var input = cat([.. parts.Zip(clients, (part, client) => part.Pack(client.Hidden))], 0).unsqueeze(0).detach().requires_grad_(true);
        var output = _stack.Forward(input, parts);
        return new JoinedPass(parts, output.MoveToOuterDisposeScope(), input.MoveToOuterDisposeScope());
    }

    /// <summary>The generator of a client's dropout.</summary>
    internal Dropout DropoutOf(int seat) => _stack.DropoutOf(seat);

    /// <summary>Forward without gradient; continues the rows in the cache.</summary>
    /// <param name="hidden">h0 [R, T, H]</param>
    /// <returns>hN-2 [R, T, H]; the caller disposes it</returns>
    public Tensor Forward(Tensor hidden, SequenceLayout layout, KeyValueCache cache)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        return _stack.Forward(hidden.to(Blueprint.Device).alias(), layout, cache).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the weights, the trained parameters and the tables.</summary>
    public void Dispose()
    {
        _stack.Dispose();
        _weights.Dispose();
    }
}
