using FlGlm.Core.Peft;
using Xunit;
using static TorchSharp.torch;

namespace FlGlm.Testing;

/// <summary>Asserts that tensors are the same to the last bit.</summary>
public static class Bits
{
    public static void Equal(Tensor expected, Tensor actual, string what)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        var (one, other) = (expected.detach().cpu().contiguous(), actual.detach().cpu().contiguous());
        if (!one.bytes.SequenceEqual(other.bytes))
            Assert.Fail($"{what} differs by up to {(one - other).abs().max().item<float>():G3}");
    }

    /// <summary>The same names with the same values.</summary>
    public static void Equal(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual, string what)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, value) in expected)
            Equal(value, actual[name], $"{what}: {name}");
    }

    /// <summary>The same names with the same values.</summary>
    public static void Equal(IEnumerable<NamedParameter> expected, IEnumerable<NamedParameter> actual, string what) =>
        Equal(ByName(expected), ByName(actual), what);

    private static Dictionary<string, Tensor> ByName(IEnumerable<NamedParameter> parameters) =>
        parameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter.Value);
}
