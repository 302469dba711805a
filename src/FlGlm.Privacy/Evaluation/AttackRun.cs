using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Metrics;
using FlGlm.Privacy.Tap;

namespace FlGlm.Privacy.Evaluation;

/// <summary>Attacks on a channel of a recorded run, each with its controls. Computes on the calling thread.</summary>
/// <param name="shadow">rows of the attacker's own, of the same kind as the client's</param>
/// <param name="split">of the run</param>
/// <param name="batchSize">of the run</param>
/// <param name="decode">the text of tokens; null = no texts are compared</param>
public sealed class AttackRun(PublicModel model, IReadOnlyList<Example> shadow, SplitSettings split, int batchSize, Func<IEnumerable<int>, string>? decode = null)
{
    private const int NegativeSeeds = 3;
    private static readonly SplitSettings Naked = new() { Head = 0, Tail = 1 };
    private readonly Dictionary<(InverterKind Kind, AttackSettings Settings), TokenScores> _positives = [];
    private long[] _positivesOf = [];

    /// <summary>The nearest neighbour on the public embedding.</summary>
    /// <param name="observed">of the channel, with the client's tokens to score with</param>
    public AttackResult Nearest(PassChannel channel, KnownRows observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        using var embedding = model.ReadEmbedding();
        using var naked = NakedRows(observed);
        var guesses = NearestNeighbour.Guess(observed.Rows, embedding);
        return new AttackResult(
            "nearest neighbour",
            channel.ToString(),
            Score(guesses, observed.Ids),
            TokenScores.Baseline(observed.Ids),
            Score(NearestNeighbour.Guess(naked.Rows, embedding), observed.Ids),
            Negative(seed => TokenScores.Of(guesses, Shuffled(observed.Ids, seed)).Top1));
    }

    /// <summary>An inverter. The negative control begins at random values: a pretrained start knows tokens before any training.</summary>
    /// <inheritdoc cref="Nearest"/>
    public AttackResult Invert(PassChannel channel, KnownRows observed, InverterKind kind, AttackSettings settings)
    {
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(settings);
        var attack = new InverterAttack(model, kind, settings);
        using var own = model.Shadow(shadow, split, channel, batchSize);
        return new AttackResult(
            $"{kind.ToString().ToLowerInvariant()} inverter, {(kind == InverterKind.Gru ? InverterStart.Random : settings.Start).ToString().ToLowerInvariant()} start{(settings.Shift ? ", shifted" : "")}",
            channel.ToString(),
            Score(attack.Run(own, observed.Rows), observed.Ids),
            TokenScores.Baseline(observed.Ids),
            Positive(observed, kind, settings),
            Negative(seed => TokenScores.Of(Blind(seed).Run(own, observed.Rows, shuffled: true), observed.Ids).Top1));

        InverterAttack Blind(long seed) => new(model, kind, settings with { Start = InverterStart.Random, Seed = settings.Seed + seed });
    }

    /// <summary>The labels, which are the tokens to come, from the directions of the gradient. The positive control has no block in the tail.</summary>
    /// <param name="gradient">dL/dhN-2, with the client's tokens to score with</param>
    public AttackResult Labels(KnownRows gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        using var naked = model.Shadow(ExamplesOf(gradient), new SplitSettings { Head = split.Head, Tail = 0 }, PassChannel.GradientUp, batchSize);
        var (guesses, labels) = LabelDirections.AtLoss(LabelDirections.Guess(model, gradient.Rows), gradient);
        var (known, truth) = LabelDirections.AtLoss(LabelDirections.Guess(model, naked.Rows), naked);
        return new AttackResult(
            "labels from directions",
            nameof(PassChannel.GradientUp),
            Score(guesses, labels),
            TokenScores.Baseline(labels),
            Score(known, truth),
            Negative(seed => TokenScores.Of(guesses, Shuffled(labels, seed)).Top1));
    }

    /// <summary>The same for every channel of the same rows.</summary>
    private TokenScores Positive(KnownRows observed, InverterKind kind, AttackSettings settings)
    {
        if (!observed.Ids.AsSpan().SequenceEqual(_positivesOf))
            _positives.Clear();
        _positivesOf = observed.Ids;
        if (_positives.TryGetValue((kind, settings), out var known))
            return known;
        using var own = model.Shadow(shadow, Naked, PassChannel.HiddenUp, batchSize);
        using var naked = NakedRows(observed);
        return _positives[(kind, settings)] = TokenScores.Of(new InverterAttack(model, kind, settings).Run(own, naked.Rows), observed.Ids);
    }

    private static SeedSpread Negative(Func<long, double> score) => SeedSpread.Of([.. Enumerable.Range(0, NegativeSeeds).Select(seed => score(seed))]);

    /// <summary>What the client's rows would be at the naked boundary.</summary>
    private KnownRows NakedRows(KnownRows observed) => model.Shadow(ExamplesOf(observed), Naked, PassChannel.HiddenUp, batchSize);

    private static Example[] ExamplesOf(KnownRows observed)
    {
        int[] ids = [.. observed.Ids.Select(id => (int)id)];
        return [.. observed.Rows.Lengths.Scan().Zip(observed.Rows.Lengths, (start, length) => new Example(ids[start..(start + length)], ids[start..(start + length)]))];
    }

    private TokenScores Score(TokenGuesses guesses, long[] ids) => TokenScores.Of(guesses, ids, decode);

    private static long[] Shuffled(long[] ids, long seed)
    {
        int[] order = [.. Enumerable.Range(0, ids.Length)];
        new SplitMix64(seed).Shuffle(order);
        return [.. order.Select(place => ids[place])];
    }
}
