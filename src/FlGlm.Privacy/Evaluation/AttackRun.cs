using FlGlm.Client.Data;
using FlGlm.Client.Defences;
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
/// <param name="seeds">how often attacks that train are repeated with another seed, 1 to 10</param>
/// <param name="imitation">a defence like the client's with a secret of the attacker's own, through which its rows leave; null = there is none</param>
public sealed class AttackRun(
    PublicModel model, IReadOnlyList<Example> shadow, SplitSettings split, int batchSize, Func<IEnumerable<int>, string>? decode = null, int seeds = 1, IBoundaryDefence? imitation = null)
{
    private const int NegativeSeeds = 3;
    internal const string Joint = "joint";
    internal const string BothGradients = "GradientUp and GradientDown";
    private static readonly SplitSettings Naked = new() { Head = 0, Tail = 1 };
    private readonly Dictionary<(InverterKind Kind, AttackSettings Settings, int Channels), TokenScores> _positives = [];
    private long[] _positivesOf = [];

    /// <summary>The nearest neighbour on the public embedding.</summary>
    /// <param name="observed">of the channel, with the client's tokens to score with</param>
    public AttackResult Nearest(PassChannel channel, KnownRows observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        using var embedding = model.ReadEmbedding();
        using var naked = NakedRows(observed, [PassChannel.HiddenUp]);
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
    public AttackResult Invert(PassChannel channel, KnownRows observed, InverterKind kind, AttackSettings settings) => Invert([channel], observed, kind, settings);

    /// <summary>The same of several channels, one after the other in each vector: linear (random start) and GRU inverters alone, since what is pretrained reads one.</summary>
    /// <inheritdoc cref="Invert(PassChannel, KnownRows, InverterKind, AttackSettings)"/>
    public AttackResult Invert(IReadOnlyList<PassChannel> channels, KnownRows observed, InverterKind kind, AttackSettings settings)
    {
        ArgumentNullException.ThrowIfNull(channels);
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(settings);
        if (channels.Count > 1 && (kind == InverterKind.Transformer || (kind == InverterKind.Linear && settings.Start == InverterStart.Pretrained)))
            throw new ArgumentException("A transformer inverter, or a linear one with a pretrained start, reads one channel.", nameof(kind));
        var attack = new InverterAttack(model, kind, settings);
        using var own = model.Shadow(shadow, split, channels, batchSize, imitation);
        var scores = Score(attack.Run(own, observed.Rows), observed.Ids);
        return new AttackResult(
            $"{kind.ToString().ToLowerInvariant()} inverter, {(kind == InverterKind.Gru ? InverterStart.Random : settings.Start).ToString().ToLowerInvariant()} start{(settings.Shift ? ", shifted" : "")}",
            channels.Count == 1 ? channels[0].ToString() : Joint,
            scores,
            TokenScores.Baseline(observed.Ids),
            Positive(observed, kind, settings, channels),
            Negative(seed => TokenScores.Of(Blind(seed).Run(own, observed.Rows, shuffled: true), observed.Ids).Top1))
        {
            Seeds = OverSeeds(scores, seed => new InverterAttack(model, kind, settings with { Seed = settings.Seed + seed }).Run(own, observed.Rows), observed.Ids),
        };

        InverterAttack Blind(long seed) => new(model, kind, settings with { Start = InverterStart.Random, Seed = settings.Seed + seed });
    }

    /// <summary>The labels, which are the tokens to come, from the directions of the gradient. The positive control has no block in the tail.</summary>
    /// <param name="gradient">dL/dhN-2, with the client's tokens to score with</param>
    public AttackResult Labels(KnownRows gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        using var naked = model.Shadow(gradient.Examples(), new SplitSettings { Head = split.Head, Tail = 0 }, PassChannel.GradientUp, batchSize);
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

    /// <summary>A search of the input that gives what was seen, of rows with all channels of <see cref="InputMatching.Channels"/>. Nothing is trained but the inverter that it may start from.</summary>
    /// <param name="inverter">of a GRU, where it starts from one</param>
    public AttackResult Match(KnownRows observed, MatchingTarget target, MatchingStart start, MatchingSettings settings, AttackSettings? inverter = null)
    {
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(settings);
        using var naked = NakedRows(observed, InputMatching.Channels);
        var guesses = Search(split, observed);
        var scores = Score(guesses, observed.Ids);
        return new AttackResult(
            $"{MatchingName(target)}, {StartName(start)}",
            target switch
            {
                MatchingTarget.Hidden => nameof(PassChannel.HiddenUp),
                MatchingTarget.Gradients => BothGradients,
                _ => Joint,
            },
            scores,
            TokenScores.Baseline(observed.Ids),
            TokenScores.Of(Search(Naked, naked), observed.Ids),
            Negative(seed => TokenScores.Of(guesses, Shuffled(observed.Ids, seed)).Top1))
        {
            Seeds = start == MatchingStart.Inverter ? OverSeeds(scores, seed => Search(split, observed, seed), observed.Ids) : null,
        };

        TokenGuesses Search(SplitSettings at, KnownRows seen, long seed = 0)
        {
            var search = new InputMatching(model, at, settings with { Seed = settings.Seed + seed });
            var own = inverter ?? new AttackSettings();
            return search.Run(seen.Rows, target, start, start == MatchingStart.Inverter ? Inverted(at, seen, own with { Seed = own.Seed + seed }) : null);
        }
    }

    private static string MatchingName(MatchingTarget target) => target switch
    {
        MatchingTarget.Hidden => "hidden-state matching",
        MatchingTarget.Gradients => "gradient matching",
        _ => "hidden-state, then gradient matching",
    };

    private static string StartName(MatchingStart start) => start switch
    {
        MatchingStart.Labels => "from its labels",
        MatchingStart.Inverter => "from the gru inverter",
        _ => "random start",
    };

    /// <summary>What an inverter of h0 makes of rows that have all channels.</summary>
    private TokenGuesses Inverted(SplitSettings at, KnownRows observed, AttackSettings settings)
    {
        using var own = model.Shadow(shadow, at, [PassChannel.HiddenUp], batchSize, ReferenceEquals(at, split) ? imitation : null);
        using var hidden = observed.Rows.Channel(0, model.Family.Shape.Hidden);
        return new InverterAttack(model, InverterKind.Gru, settings).Run(own, hidden);
    }

    /// <summary>The same for every channel of the same rows.</summary>
    private TokenScores Positive(KnownRows observed, InverterKind kind, AttackSettings settings, IReadOnlyList<PassChannel> channels)
    {
        if (!observed.Ids.AsSpan().SequenceEqual(_positivesOf))
            _positives.Clear();
        _positivesOf = observed.Ids;
        if (_positives.TryGetValue((kind, settings, channels.Count), out var known))
            return known;
        IReadOnlyList<PassChannel> read = channels.Count == 1 ? [PassChannel.HiddenUp] : channels;
        using var own = model.Shadow(shadow, Naked, read, batchSize);
        using var naked = NakedRows(observed, read);
        return _positives[(kind, settings, channels.Count)] = TokenScores.Of(new InverterAttack(model, kind, settings).Run(own, naked.Rows), observed.Ids);
    }

    /// <param name="first">of the first seed</param>
    private SeedSpread? OverSeeds(TokenScores first, Func<long, TokenGuesses> guess, long[] ids) =>
        seeds < 2 ? null : SeedSpread.Of([first.Top1, .. Enumerable.Range(1, seeds - 1).Select(seed => TokenScores.Of(guess(seed), ids).Top1)]);

    private static SeedSpread Negative(Func<long, double> score) => SeedSpread.Of([.. Enumerable.Range(0, NegativeSeeds).Select(seed => score(seed))]);

    /// <summary>What the client's rows would be at the naked boundary.</summary>
    private KnownRows NakedRows(KnownRows observed, IReadOnlyList<PassChannel> channels) => model.Shadow(observed.Examples(), Naked, channels, batchSize);

    private TokenScores Score(TokenGuesses guesses, long[] ids) => TokenScores.Of(guesses, ids, decode);

    private static long[] Shuffled(long[] ids, long seed)
    {
        int[] order = [.. Enumerable.Range(0, ids.Length)];
        new SplitMix64(seed).Shuffle(order);
        return [.. order.Select(place => ids[place])];
    }
}
