using FlGlm.Core.Compute;
using FlGlm.Core.Peft;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>
/// The gradients of head and tail in one step, row by row: each row's is clipped to an L2 norm over all parameters of both, and they are added up. A
/// row's gradient of the tail is kept until that of the head has come.
/// </summary>
/// <param name="parameters">what head and tail train</param>
/// <param name="clip">more than 0</param>
/// <param name="rows">of the step; the loss of each is divided by them</param>
internal sealed class RowGradients(IEnumerable<NamedParameter> parameters, double clip, int rows) : IDisposable
{
    /// <summary>Float32 rounds the clipped values, so they are clipped to a little less.</summary>
    private const double BelowLimit = 1 - 1e-6;

    private readonly IReadOnlyList<NamedParameter> _trained = [.. parameters.Where(parameter => parameter.Value.requires_grad)];
    private readonly Dictionary<int, List<Tensor?>> _tails = [];
    private List<Tensor>? _sums;

    /// <summary>Takes what the parameters have as the gradient of a row's tail.</summary>
    /// <param name="row">among the rows of the step</param>
    public void KeepTail(int row) => _tails.Add(row, Take());

    /// <summary>Takes what the parameters have as the gradient of a row's head, and adds the row to the sum.</summary>
    /// <inheritdoc cref="KeepTail"/>
    public void Add(int row)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var head = Take();
        var tail = _tails.Remove(row, out var kept) ? kept : [.. head.Select(_ => (Tensor?)null)];
        var both = head.Zip(tail, (first, second) => first is not null && second is not null ? first.Plus(second) : first ?? second).ToList();
        Add(both);
        foreach (var gradient in head.Concat(tail))
            gradient?.Dispose();
    }

    /// <summary>Gives each parameter the sum of its rows, divided by their number, as its gradient.</summary>
    /// <param name="change">changes the sums in place</param>
    public void Finish(Action<IReadOnlyList<Tensor>> change)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        change(Sums());
        foreach (var ((_, parameter), sum) in _trained.Zip(Sums()))
            parameter.grad = sum.Over(rows).to(parameter.dtype);
    }

    public void Dispose()
    {
        foreach (var gradient in _tails.Values.SelectMany(tail => tail).Concat(_sums ?? []))
            gradient?.Dispose();
    }

    /// <summary>Adds a row's gradients, which are those of its loss divided by the rows of the step.</summary>
    private void Add(List<Tensor?> gradients)
    {
        var present = gradients.OfType<Tensor>().Select(gradient => gradient.to(float32)).ToList();
        if (present.Count == 0)
            return;
        var norm = rows * stack(present.Select(gradient => gradient.mul(gradient).sum(float64))).sum().sqrt().item<double>();
        var factor = rows * Math.Min(1, norm == 0 ? 1 : clip * BelowLimit / norm);
        foreach (var (gradient, sum) in gradients.Zip(Sums()).Where(pair => pair.First is not null))
            sum.PlusInPlace(gradient!.to(float32).Times(factor));
    }

    private List<Tensor> Sums() => _sums ??= [.. _trained.Select(parameter => zeros_like(parameter.Value, dtype: float32).DetachFromDisposeScope())];

    private List<Tensor?> Take()
    {
        var gradients = new List<Tensor?>();
        foreach (var (_, parameter) in _trained)
        {
            gradients.Add(parameter.grad?.DetachFromDisposeScope());
            parameter.grad = null;
        }

        return gradients;
    }
}
