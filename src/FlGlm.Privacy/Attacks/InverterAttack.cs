using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>
/// Trains an inverter on the attacker's own rows, then reads the client's (paper, section 4: what a server with a colluding client, or with rows
/// of the same kind, can do). Computes on the calling thread.
/// </summary>
public sealed class InverterAttack(PublicModel model, InverterKind kind, AttackSettings settings)
{
    private const int RowsAtOnce = 32;

    /// <summary>Trains and guesses.</summary>
    /// <param name="shadow">the attacker's</param>
    /// <param name="observed">the client's</param>
    /// <param name="shuffled">the negative control: the shadow set's tokens are shuffled before the training</param>
    public TokenGuesses Run(KnownRows shadow, PackedRows observed, bool shuffled = false)
    {
        ArgumentNullException.ThrowIfNull(shadow);
        ArgumentNullException.ThrowIfNull(observed);
        ConfigValidation.Expect(("attack.", settings));
        if (shadow.Rows.Lengths.Count == 0)
            throw new ConfigurationException("attack.shadow", "has no rows; an inverter is trained on rows of the attacker's own.");
        if (shadow.Rows.Vectors.shape[1] != observed.Vectors.shape[1])
            throw new ConfigurationException("attack", $"the recording has vectors of {observed.Vectors.shape[1]} values, the attacker's model of {shadow.Rows.Vectors.shape[1]}: it is another model's.");
        using var inverter = Make(shadow.Rows.Vectors);
        Train(inverter, shadow.Rows, shuffled ? Shuffled(shadow.Ids) : shadow.Ids);
        return Guess(inverter, observed);
    }

    private Inverter Make(Tensor shadow)
    {
        if (kind == InverterKind.Transformer)
            return new TransformerInverter(model, shadow, settings);
        if (kind == InverterKind.Gru)
            return new GruInverter(shadow, model.Family.Shape.Vocabulary, settings);
        using var embedding = model.ReadEmbedding();
        return new LinearInverter(embedding, shadow, settings);
    }

    private void Train(Inverter inverter, PackedRows rows, long[] ids)
    {
        var optimizer = new OptimizerSettings
        {
            Name = OptimizerName.AdamW, LearningRate = settings.LearningRate, WeightDecay = settings.WeightDecay, Schedule = LearningRateSchedule.Linear, ClipNorm = 1,
        };
        using var stepping = new StageOptimizer(inverter.Parameters, optimizer, settings.Steps);
        foreach (var batch in new BatchSampler(rows.Lengths.Count, settings.BatchSize, settings.Seed).Batches(settings.Steps))
        {
            using var scope = NewDisposeScope();
            var (places, targets) = Targets(rows, batch, ids);
            if (targets.Length == 0)
                continue;
            var judged = Logits(inverter, rows, batch).index_select(0, tensor(places, dtype: int64));
            nn.functional.cross_entropy(judged, tensor(targets, dtype: int64)).backward();
            stepping.Step();
        }
    }

    /// <summary>Which of a batch's packed tokens are judged, and by which token: its own, or shifted the one behind it.</summary>
    private (long[] Places, long[] Targets) Targets(PackedRows rows, int[] batch, long[] ids)
    {
        var all = rows.PlacesOf(batch);
        if (!settings.Shift)
            return ([.. Enumerable.Range(0, all.Length).Select(place => (long)place)], [.. all.Select(place => ids[place])]);
        var last = batch.Select(row => rows.Lengths[row]).Scan().Skip(1).Select(start => start - 1).Append(all.Length - 1).ToHashSet();
        int[] places = [.. Enumerable.Range(0, all.Length).Where(place => !last.Contains(place))];
        return ([.. places.Select(place => (long)place)], [.. places.Select(place => ids[all[place + 1]])]);
    }

    private TokenGuesses Guess(Inverter inverter, PackedRows observed)
    {
        using var grad = no_grad();
        List<long> best = [];
        foreach (var rows in Enumerable.Range(0, observed.Lengths.Count).Chunk(RowsAtOnce))
        {
            using var scope = NewDisposeScope();
            best.AddRange(Logits(inverter, observed, rows).topk(TokenGuesses.Candidates, 1).indexes.cpu().data<long>().ToArray());
        }

        return new TokenGuesses(observed.Lengths, settings.Shift ? Aligned(observed.Lengths, best) : [.. best]);
    }

    /// <returns>[tokens, V] of the batch's real tokens</returns>
    private static Tensor Logits(Inverter inverter, PackedRows rows, IReadOnlyList<int> batch)
    {
        var (hidden, layout) = rows.Batch(batch);
        return inverter.Logits(hidden, layout).flatten(0, 1).index_select(0, tensor(layout.RealTokens, dtype: int64));
    }

    /// <summary>What was guessed for the next token stands at that token; the first of each row has no guess.</summary>
    private static long[] Aligned(IReadOnlyList<int> lengths, List<long> best)
    {
        var aligned = new long[best.Count];
        foreach (var (start, length) in lengths.Scan().Zip(lengths))
        {
            aligned.AsSpan(start * TokenGuesses.Candidates, TokenGuesses.Candidates).Fill(-1);
            for (var i = TokenGuesses.Candidates; i < length * TokenGuesses.Candidates; i++)
                aligned[(start * TokenGuesses.Candidates) + i] = best[(start * TokenGuesses.Candidates) + i - TokenGuesses.Candidates];
        }

        return aligned;
    }

    private long[] Shuffled(long[] ids)
    {
        int[] order = [.. Enumerable.Range(0, ids.Length)];
        new SplitMix64(settings.Seed).Shuffle(order);
        return [.. order.Select(place => ids[place])];
    }
}
