using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>Takes each vector for the token whose row of the public embedding is nearest. Trains nothing.</summary>
public static class NearestNeighbour
{
    private const long TokensAtOnce = 4096;

    /// <param name="embedding">[V, H]</param>
    public static TokenGuesses Guess(PackedRows observed, Tensor embedding)
    {
        ArgumentNullException.ThrowIfNull(observed);
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var bias = embedding.mul(embedding).sum(1).Times(-0.5);
        List<long> best = [];
        for (var start = 0L; start < observed.Vectors.shape[0]; start += TokensAtOnce)
        {
            using var part = NewDisposeScope();
            var vectors = observed.Vectors.narrow(0, start, Math.Min(TokensAtOnce, observed.Vectors.shape[0] - start));
            best.AddRange(nn.functional.linear(vectors, embedding, bias).topk(TokenGuesses.Candidates, 1).indexes.cpu().data<long>().ToArray());
        }

        return new TokenGuesses(observed.Lengths, [.. best]);
    }
}
