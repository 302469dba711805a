using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Models;

/// <summary>Weights by rule: a waving tensor scaled by a number per name, or what was set. Names of different blocks give the same.</summary>
internal sealed class MadeWeights(Func<string, double> scale) : IWeights
{
    private readonly Dictionary<string, Tensor> _set = [];

    /// <param name="end">of the names that it is for</param>
    public void Set(string end, long[] shape, Func<long, long, float> value)
    {
        float[] values = [.. from row in Range(shape[0]) from column in Range(shape[1]) select value(row, column)];
        _set[end] = tensor(values).view(shape);
    }

    public Tensor Take(string name, params long[] shape)
    {
        if (_set.FirstOrDefault(entry => name.EndsWith(entry.Key, StringComparison.Ordinal)).Value is { } set)
            return set;
        var factor = scale(System.Text.RegularExpressions.Regex.Replace(name, @"\.\d+\.", "."));
        if (factor == 1)
            return ones(shape, dtype: float32);
        return (arange(0, shape.Aggregate((a, b) => a * b), dtype: float32) * 0.7).sin().mul(factor).view(shape);
    }

    private static IEnumerable<long> Range(long count) => Enumerable.Range(0, (int)count).Select(index => (long)index);
}
