using System.Globalization;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>
/// What a side's training has beyond its frozen weights, as named tensors: trained values, float32 copies and moments of the optimizer, and the
/// generators of dropout. With it, and the optimizer's counts of steps, training goes on with the same bits.
/// </summary>
/// <param name="parameters">what is trained</param>
/// <param name="optimizer">steps the parameters</param>
/// <param name="blocks">draw the dropout</param>
internal sealed class TrainingState(IReadOnlyList<NamedParameter> parameters, StageOptimizer optimizer, IReadOnlyList<BlockStack> blocks)
{
    private const string Value = "value/";
    private const string Moment = "moment/";
    private const string Master = "master/";
    private const string Dropout = "dropout/";

    /// <summary>The optimizer's counts of steps.</summary>
    public OptimizerSteps Steps => optimizer.Counts;

    /// <summary>Bytes of the tensors, moments included that begin with the first step.</summary>
    public long Bytes => parameters.Sum(parameter => BytesOf(parameter.Value)) + optimizer.Masters.Sum(master => BytesOf(master.Value)) + optimizer.MomentBytes;

    /// <summary>The tensors as they are now, in the caller's dispose scope; called on the lane. They share memory with the training.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors()
    {
        var all = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
            all.Add(Value + name, value);
        foreach (var (name, value) in optimizer.OpenMoments())
            all.Add(Moment + name, value);
        foreach (var (name, value) in optimizer.Masters)
            all.Add(Master + name, value);
        foreach (var (stack, seat, dropout) in blocks.SelectMany(stack => stack.Dropouts.Select(pair => (stack, pair.Key, pair.Value))))
            all.Add(NameOf(stack, seat), dropout.GetState());
        return all;
    }

    /// <summary>Sets everything to what a checkpoint has; called on the lane, between two steps. A generator of dropout that it lacks begins anew.</summary>
    /// <param name="stored">as <see cref="Tensors"/> gave them</param>
    /// <exception cref="CheckpointException">They are another training's; no value is changed.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> stored, OptimizerSteps steps)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        List<(string Name, Tensor Value)> targets =
        [
            .. parameters.Select(parameter => (Value + parameter.Name, (Tensor)parameter.Value)),
            .. optimizer.Masters.Select(master => (Master + master.Name, (Tensor)master.Value)),
        ];
        Check(targets, stored);
        optimizer.Begin(steps);
        targets.AddRange(optimizer.OpenMoments().Select(moment => (Moment + moment.Name, (Tensor)moment.Value)));
        Check(targets, stored);
        foreach (var (name, value) in targets)
            value.copy_(stored[name]);
        RestoreDropouts(stored);
    }

    /// <summary>Sets everything to what a file of a checkpoint has.</summary>
    /// <inheritdoc cref="Restore(IReadOnlyDictionary{string, Tensor}, OptimizerSteps)"/>
    public void Restore(StoredCheckpoint checkpoint, string file, OptimizerSteps steps)
    {
        var stored = checkpoint.Read(file);
        try
        {
            Restore(stored, steps);
        }
        finally
        {
            foreach (var tensor in stored.Values)
                tensor.Dispose();
        }
    }

    private static long BytesOf(Tensor tensor) => tensor.numel() * tensor.element_size();

    private static string NameOf(BlockStack stack, int seat) => $"{Dropout}{stack.Stage}.{seat}";

    private static void Check(List<(string Name, Tensor Value)> targets, IReadOnlyDictionary<string, Tensor> stored)
    {
        foreach (var (name, value) in targets)
        {
            if (!stored.TryGetValue(name, out var own) || !own.shape.SequenceEqual(value.shape) || own.dtype != value.dtype)
                throw new CheckpointException("", $"The checkpoint has no '{name}' of the shape [{string.Join(", ", value.shape)}]: it is of another model or method.", name);
        }
    }

    private void RestoreDropouts(IReadOnlyDictionary<string, Tensor> stored)
    {
        foreach (var stack in blocks)
            stack.ForgetSeats(seat => !stored.ContainsKey(NameOf(stack, seat)));
        foreach (var (name, state) in stored.Where(pair => pair.Key.StartsWith(Dropout, StringComparison.Ordinal)))
            DropoutOf(name[Dropout.Length..]).SetState(state);
    }

    private Dropout DropoutOf(string name)
    {
        var parts = name.Split('.');
        return blocks.Single(stack => stack.Stage.ToString() == parts[0]).DropoutOf(int.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
