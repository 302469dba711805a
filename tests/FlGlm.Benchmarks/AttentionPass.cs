using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Benchmarks;

/// <summary>Causal attention over random queries, keys and values, there and back, in the model's two forms; on a lane of its own.</summary>
internal sealed class AttentionPass : IDisposable
{
    public const int Heads = 8;
    public const int HeadSize = 64;
    private readonly ComputeLane _lane = new("attention");
    private readonly Dropout _noDropout = new(1, CPU);
    private readonly Tensor[] _inputs; // query, key, value, each [B, A, T, D]
    private readonly Tensor _gradient; // [B, A, T, D]
    private readonly BlockContext _context; // of it, the step-by-step form reads the mask and the dropout

    public AttentionPass(int rows, int length)
    {
        long[] shape = [rows, Heads, length, HeadSize];
        _inputs = [.. Enumerable.Range(0, 3).Select(_ => randn(shape, dtype: float32).requires_grad_())];
        _gradient = randn(shape, dtype: float32);
        _context = new BlockContext(Cos: _gradient, Sin: _gradient, CausalMask.Of(length, CPU), _noDropout, AttentionDropout: 0);
    }

    public Task FusedAsync() => RunAsync(() => GroupedAttention.Fused(_inputs[0], _inputs[1], _inputs[2], mask: null, isCausal: true));

    /// <summary>Its mask is made once, and not by every pass.</summary>
    public Task StepByStepAsync() => RunAsync(() => GroupedAttention.WithDropout(_inputs[0], _inputs[1], _inputs[2], _context));

    public void Dispose()
    {
        _lane.Dispose();
        _noDropout.Dispose();
        foreach (var tensor in _inputs.Append(_gradient).Append(_context.Mask!))
            tensor.Dispose();
    }

    private Task RunAsync(Func<Tensor> forward) => _lane.RunAsync(
        () =>
        {
            using var scope = NewDisposeScope();
            forward().backward(grad_tensors: [_gradient]);
            foreach (var input in _inputs)
                input.grad = null;
            return true;
        },
        CancellationToken.None);
}
