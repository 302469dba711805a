using FlGlm.Core.Models;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Models;

public sealed class DropoutTests
{
    [Fact]
    public void Same_seed_drops_the_same_elements()
    {
        using var scope = NewDisposeScope();
        using var one = new Dropout(7, CPU) { Active = true };
        using var other = new Dropout(7, CPU) { Active = true };
        using var third = new Dropout(8, CPU) { Active = true };
        var x = ones(100, dtype: float32);
        var first = one.Apply(x, 0.5);

        Bits.Equal(first, other.Apply(x, 0.5), "same seed");
        Assert.NotEqual(first.data<float>().ToArray(), third.Apply(x, 0.5).data<float>().ToArray());
        Assert.NotEqual(first.data<float>().ToArray(), one.Apply(x, 0.5).data<float>().ToArray());
    }

    [Fact]
    public void Kept_elements_grow_so_that_the_mean_stays()
    {
        using var scope = NewDisposeScope();
        using var dropout = new Dropout(1, CPU) { Active = true };
        var values = dropout.Apply(ones(10_000, dtype: float32), 0.2).data<float>().ToArray();

        Assert.All(values, value => Assert.True(value is 0 or 1.25f));
        Assert.Equal(0.2, values.Count(value => value == 0) / 10_000.0, 0.02);
    }

    [Fact]
    public void Inactive_or_with_probability_zero_it_changes_nothing_and_draws_nothing()
    {
        using var scope = NewDisposeScope();
        using var dropout = new Dropout(1, CPU);
        using var untouched = new Dropout(1, CPU) { Active = true };
        var x = ones(100, dtype: float32);

        Assert.Same(x, dropout.Apply(x, 0.5));
        dropout.Active = true;
        Assert.Same(x, dropout.Apply(x, 0));
        Bits.Equal(untouched.Apply(x, 0.5), dropout.Apply(x, 0.5), "first draw");
    }
}
