using FlGlm.Core.Models;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Models;

public sealed class TokenEmbeddingTests
{
    [Fact]
    public void Row_of_the_padding_token_takes_no_gradient()
    {
        using var scope = NewDisposeScope();
        var weight = arange(6, dtype: float32).view(3, 2).requires_grad_(true);
        var embedded = new TokenEmbedding(weight, padId: 0).Forward(tensor(new long[] { 0, 2, 2 }).view(1, 3));
        embedded.sum().backward();

        Bits.Equal(tensor(new float[] { 0, 1, 4, 5, 4, 5 }).view(1, 3, 2), embedded, "rows");
        Bits.Equal(tensor(new float[] { 0, 0, 0, 0, 2, 2 }).view(3, 2), weight.grad!, "gradient");
    }

    [Fact]
    public void Without_a_padding_token_every_row_takes_its_gradient()
    {
        using var scope = NewDisposeScope();
        var weight = zeros(2, 2, dtype: float32).requires_grad_(true);
        new TokenEmbedding(weight, padId: null).Forward(tensor(new long[] { 0, 1 }).view(1, 2)).sum().backward();

        Bits.Equal(ones(2, 2, dtype: float32), weight.grad!, "gradient");
    }
}
