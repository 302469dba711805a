using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Defences;

/// <summary>Lets nothing but zeros leave and come home, and records what it was asked about.</summary>
internal sealed class ZeroDefence : IBoundaryDefence
{
    public List<string> Asked { get; } = [];

    public bool UsesRowMeans { get; init; }

    /// <summary>Whether it changes nothing instead.</summary>
    public bool IsOff { get; init; }

    public double? RowGradientClip { get; init; }

    /// <summary>The sums of rows that it was given, one after the other, of each step.</summary>
    public List<float[]> Sums { get; } = [];

    /// <summary>What is added to each token that the head reads.</summary>
    public int Shift { get; init; }

    /// <summary>The random numbers of a step's sample.</summary>
    public Func<long, Func<int, int>>? Draws { get; init; }

    public long? OrderSeed => null;

    public void Begin(bool trainsHead, bool trainsTail, bool trainsEmbedding)
    {
    }

    public void BeginSamples(RowSampling sampling)
    {
    }

    public Func<int, int>? RowDraws(long step, RowSampling sampling) => Draws?.Invoke(step);

    public void BeginStep(BoundaryPass pass) => Asked.Add($"step {pass.Step} of {pass.Rows!.Rows} rows");

    public TrainingBatch Tokens(TrainingBatch rows, TokenEmbedding embedding) => rows with { Ids = [.. rows.Ids.Select((id, index) => index % rows.Length < rows.Lengths[index / rows.Length] ? id + Shift : id)] };

    public Tensor Hidden(Tensor hidden, BoundaryPass pass) => Zero(hidden, pass, "hidden");

    public Tensor UpwardGradient(Tensor gradient, BoundaryPass pass) => Zero(gradient, pass, "up");

    public Tensor HomewardGradient(Tensor gradient, BoundaryPass pass) => Zero(gradient, pass, "home");

    public IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

    public Tensor? Penalty(Tensor embeddings, Tensor hidden, BoundaryPass pass) => null;

    public void AdapterGradients(IReadOnlyList<Tensor> sums, BoundaryPass pass) =>
        Sums.Add([.. sums.SelectMany(sum => sum.contiguous().data<float>().ToArray())]);

    public double? Epsilon() => null;

    public string Report() => "";

    private Tensor Zero(Tensor tensor, BoundaryPass pass, string channel)
    {
        Asked.Add($"{pass.Purpose} {pass.Step} {channel} of row {pass.FirstRow} on: {string.Join(' ', pass.Layout.Lengths)}");
        return IsOff ? tensor : tensor.mul(zeros_like(tensor));
    }
}
