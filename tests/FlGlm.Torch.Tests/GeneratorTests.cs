using static TorchSharp.torch;

namespace FlGlm.Torch.Tests;

public sealed class GeneratorTests
{
    [Fact]
    public void A_seed_names_a_stream()
    {
        using var scope = NewDisposeScope();
        using var first = new Generator(11);
        using var second = new Generator().manual_seed(11);
        Assert.True(randn(4, generator: first).Equals(randn(4, generator: second)));
        Assert.Equal(11, first.initial_seed());
        Assert.False(randn(4, generator: first).Equals(rand(4, generator: second)));
    }

    [Fact]
    public void A_state_continues_where_it_was_taken()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        _ = rand(3, generator: generator);
        var state = generator.get_state();
        var expected = empty(8).uniform_(0, 1, generator);
        generator.set_state(state);
        Assert.True(expected.Equals(empty(8).uniform_(0, 1, generator)));
    }

    [Fact]
    public void The_seed_of_all_governs_what_is_given_no_generator()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var first = randn(5);
        manual_seed(3);
        Assert.True(first.Equals(randn(5)));
    }

    [Fact]
    public void Draws_keep_to_their_distribution()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        Assert.InRange(empty(1000).bernoulli_(0.25, generator).mean().item<float>(), 0.2f, 0.3f);
        Assert.InRange(empty(1000).normal_(5, 0.1, generator).mean().item<float>(), 4.9f, 5.1f);
        Assert.Equal([1L, 1, 1], tensor(new float[] { 0, 1 }).multinomial(3, true, generator).data<long>().ToArray());
        var order = randperm(10, generator: generator).data<long>().ToArray();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), order.Order());
        Assert.All(randint(2, 5, [100], generator: generator).data<long>(), value => Assert.InRange(value, 2, 4));
    }
}
