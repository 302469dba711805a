using System.Globalization;
using FlGlm.Client.Data;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Privacy.Noise;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Tokens;

/// <summary>
/// Replaces the tokens that the head reads (SanText, Yue et al. 2021): y instead of x with a probability proportional to exp(-epsilon / 2 * |e(x) - e(y)|),
/// e the frozen embedding. For two tokens x and x' each outcome's probabilities differ by a factor of at most exp(epsilon * |e(x) - e(x')|): metric
/// privacy of every token, no differential privacy of a row. All inputs are replaced, those of an answer too; labels and marks stay, and no mark is drawn.
/// </summary>
/// <param name="model">the checkpoint directory, whose marks stay</param>
internal sealed class TokenReplacement(double epsilon, NoiseSecret secret, string model)
{
    /// <summary>Bytes of a table of distances from some tokens to all.</summary>
    private const long TableBytes = 64 << 20;
    private const int MostTokens = 128;

    private readonly TokenRandomness _random = new(secret, epsilon);
    private bool[]? _ordinary;

    public string Report() => string.Create(
        CultureInfo.InvariantCulture, $"dchi epsilon {epsilon:G4} per unit of embedding distance, for each token of each row that is read");

    /// <exception cref="ConfigurationException">The embedding trains, and with it the distances.</exception>
    public static void Begin(bool trainsEmbedding)
    {
        if (trainsEmbedding)
            throw new ConfigurationException("privacy.tokens.epsilon", "is per unit of distance in an embedding that does not train; freeze it (peft.method, peft.lora.modules_to_save), or set 0.");
    }

    /// <returns>the rows with other tokens</returns>
    public TrainingBatch Apply(TrainingBatch rows, TokenEmbedding embedding)
    {
        _ordinary ??= OrdinaryTokens.Of(model, (int)embedding.Weight.shape[0], embedding.PadId);
        var ids = (long[])rows.Ids.Clone();
        foreach (var tokens in Places(rows).GroupBy(place => rows.Ids[place.Index]).Chunk(TokensAtOnce(_ordinary.Length)))
            Replace(ids, tokens, embedding.Weight);
        return rows with { Ids = ids };
    }

    /// <summary>A number that depends on V alone: products of one shape round alike, whatever else stands in a batch.</summary>
    private static int TokensAtOnce(int vocabulary) => (int)Math.Clamp(TableBytes / (8L * vocabulary), 1, MostTokens);

    /// <summary>Where tokens are to be replaced, each with its random number.</summary>
    private IEnumerable<(int Index, double Random)> Places(TrainingBatch rows)
    {
        for (var row = 0; row < rows.Rows; row++)
        {
            var (begin, length) = (row * rows.Length, rows.Lengths[row]);
            var random = _random.Of(rows.Ids.AsSpan(begin, length));
            for (var position = 0; position < length; position++)
            {
                if (_ordinary![rows.Ids[begin + position]])
                    yield return (begin + position, random[position]);
            }
        }
    }

    /// <summary>Draws for all places of some tokens: the first token whose sum of weights exceeds the random share of the whole.</summary>
    private void Replace(long[] ids, IReadOnlyList<IGrouping<long, (int Index, double Random)>> tokens, Tensor embedding)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        long[] keys = [.. tokens.Select(places => places.Key)];
        var sums = Weights([.. keys, .. Enumerable.Repeat(keys[0], TokensAtOnce(_ordinary!.Length) - keys.Length)], embedding).cumsum(1).narrow(0, 0, keys.Length);
        var most = tokens.Max(places => places.Count());
        double[] shares = [.. tokens.SelectMany(places => places.Select(place => place.Random).Concat(Enumerable.Repeat(0.5, most - places.Count())))];
        var total = sums.select(1, -1).unsqueeze(1);
        var drawn = searchsorted(sums, tensor(shares, device: embedding.device).view(keys.Length, most).mul(total), right: true).cpu().data<long>().ToArray();
        long last = Array.LastIndexOf(_ordinary!, true);
        foreach (var (token, places) in tokens.Index())
        {
            foreach (var (at, place) in places.Index())
                ids[place.Index] = Math.Min(drawn[(token * most) + at], last);
        }
    }

    /// <returns>[tokens, V] exp(-epsilon / 2 * distance) in float64; 0 for marks</returns>
    private Tensor Weights(long[] tokens, Tensor embedding)
    {
        var device = embedding.device;
        var own = tensor(tokens, dtype: int64, device: device);
        var from = embedding.index_select(0, own).to(float32);
        var distances = Distances(from, embedding).scatter_(1, own.unsqueeze(1), zeros(tokens.Length, 1, device: device));
        return distances.to(float64).TimesInPlace(-epsilon / 2).exp_().mul_(tensor(_ordinary!, device: device));
    }

    /// <summary>In blocks of the vocabulary's rows, so that a large embedding in half precision is never copied whole.</summary>
    /// <param name="from">[tokens, H] in float32</param>
    /// <param name="embedding">[V, H]</param>
    /// <returns>[tokens, V] in float32</returns>
    private static Tensor Distances(Tensor from, Tensor embedding)
    {
        var (vocabulary, size) = (embedding.shape[0], Math.Max(1, TableBytes / (4 * embedding.shape[1])));
        var squares = from.mul(from).sum(1, keepdim: true);
        var blocks = new List<Tensor>();
        for (long first = 0; first < vocabulary; first += size)
        {
            using var scope = NewDisposeScope();
            var to = embedding.narrow(0, first, Math.Min(size, vocabulary - first)).to(float32);
            var distance = squares.Plus(to.mul(to).sum(1)).sub(from.mm(to.t()).Times(2));
            blocks.Add(distance.maximum(zeros_like(distance)).sqrt().MoveToOuterDisposeScope());
        }

        return cat(blocks, 1);
    }
}
