using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Privacy.Tap;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>
/// Searches the input of the public model that gives what was seen: h0 (hidden-state matching), or the gradients of both hops (DLG, TAG),
/// or one after the other from an inverter's guess (BiSR). Labels are those that <see cref="GradientMatching"/> finds. The tokens are those whose
/// embeddings are nearest to what was found. Trains nothing; computes on the calling thread.
/// </summary>
public sealed class InputMatching(PublicModel model, SplitSettings split, MatchingSettings settings)
{
    /// <summary>The channels that it reads, in their order in each vector.</summary>
    public static IReadOnlyList<PassChannel> Channels { get; } = [PassChannel.HiddenUp, PassChannel.HiddenDown, PassChannel.GradientUp, PassChannel.GradientDown];

    private const int RowsAtOnce = 8;
    private const double LeastShare = 0.1;
    private const double Smallest = 1e-30;

    /// <summary>Searches the tokens.</summary>
    /// <param name="seen">[N, 4 * H] of the rows: the channels, one after the other</param>
    /// <param name="inverted">what an inverter has guessed, to begin with</param>
    public TokenGuesses Run(PackedRows seen, MatchingTarget target, MatchingStart start, TokenGuesses? inverted = null)
    {
        ArgumentNullException.ThrowIfNull(seen);
        ConfigValidation.Expect(("attack.", settings));
        using var scope = NewDisposeScope();
        using var whole = new MatchedModel(model, split);
        var embedding = whole.Embedding.detach();
        var width = embedding.shape[1];
        var labels = target == MatchingTarget.Hidden ? [] : FindLabels(seen, width);
        var first = start switch
        {
            MatchingStart.Inverter => inverted ?? throw new ArgumentNullException(nameof(inverted)),
            MatchingStart.Labels => AsTokens(seen, labels),
            _ => null,
        };
        List<Tensor> found = [];
        foreach (var rows in Enumerable.Range(0, seen.Lengths.Count).Chunk(RowsAtOnce))
        {
            using var own = NewDisposeScope();
            var (hidden, layout) = seen.Batch(rows);
            var goal = new Goal(hidden, layout, width, [.. rows.Where(row => row < labels.Count).Select(row => labels[row])]);
            var input = Search(whole, goal, Start(seen, rows, layout, embedding, first), embedding.std().item<float>(), target);
            found.Add(input.flatten(0, 1).index_select(0, tensor(layout.RealTokens, dtype: int64)).MoveToOuterDisposeScope());
        }

        return NearestNeighbour.Guess(new PackedRows(cat([.. found], 0), seen.Lengths), embedding);
    }

    private IReadOnlyList<FoundLabels> FindLabels(PackedRows seen, long width)
    {
        using var hidden = seen.Channel(1, width);
        using var gradient = seen.Channel(2, width);
        return new GradientMatching(model, split, new AttackSettings { Steps = settings.Steps, LearningRate = settings.LabelLearningRate, Seed = settings.Seed }).Find(hidden, gradient);
    }

    /// <summary>The label of each position that counts is the token behind it; -1 where none is known.</summary>
    private static TokenGuesses AsTokens(PackedRows seen, IReadOnlyList<FoundLabels> labels)
    {
        var best = Enumerable.Repeat(-1L, seen.Lengths.Sum() * TokenGuesses.Candidates).ToArray();
        foreach (var ((start, length), row) in seen.Lengths.Scan().Zip(seen.Lengths).Zip(labels))
        {
            var (tokens, shares) = (row.Scores.argmax(1).data<long>().ToArray(), row.Positions.softmax(-1).data<float>().ToArray());
            for (var place = 0; place + 1 < length; place++)
                best[(start + place + 1) * TokenGuesses.Candidates] = shares[place] * length < LeastShare ? -1 : tokens[place];
        }

        return new TokenGuesses(seen.Lengths, best);
    }

    /// <param name="first">the tokens to begin with, -1 = a random vector; null = all are</param>
    /// <returns>[B, T, H]</returns>
    private Tensor Start(PackedRows seen, int[] rows, SequenceLayout layout, Tensor embedding, TokenGuesses? first)
    {
        var places = seen.PlacesOf(rows);
        var random = (SeededValues.Normal(settings.Seed, $"start {rows[0]}", 1, [places.Length, embedding.shape[1]]) * embedding.std()).Plus(embedding.mean([0L]));
        long[] tokens = [.. places.Select(place => first?.First((int)place) ?? -1)];
        var known = tensor([.. tokens.Select(token => token >= 0)]).unsqueeze(-1);
        var vectors = where(known, embedding.index_select(0, tensor([.. tokens.Select(token => Math.Max(token, 0))], dtype: int64)), random);
        return zeros(layout.Rows * (long)layout.Length, embedding.shape[1]).index_copy_(0, tensor(layout.RealTokens, dtype: int64), vectors).view(layout.Rows, layout.Length, -1);
    }

    private Tensor Search(MatchedModel whole, Goal goal, Tensor start, double deviation, MatchingTarget target)
    {
        var found = start;
        if (target != MatchingTarget.Gradients)
            found = Descend(found, deviation, settings.LearningRate, input => HiddenDistance(whole.Head(input, goal.Layout), goal));
        if (target != MatchingTarget.Hidden)
            found = Descend(found, deviation, settings.GradientLearningRate, input => Distance(whole, goal, input, target == MatchingTarget.HiddenThenAll));
        return found;
    }

    /// <param name="distance">of an input, []</param>
    private Tensor Descend(Tensor start, double deviation, double rate, Func<Tensor, Tensor> distance)
    {
        using var scope = NewDisposeScope();
        using var input = SeededValues.Trained(start.Over(deviation));
        var optimizer = new OptimizerSettings { LearningRate = rate, Schedule = LearningRateSchedule.Linear };
        using var stepping = new StageOptimizer([new NamedParameter("input", input)], optimizer, settings.Steps);
        for (var step = 0; step < settings.Steps; step++)
        {
            using var own = NewDisposeScope();
            distance(input.Times(deviation)).backward();
            stepping.Step();
        }

        return input.detach().Times(deviation).MoveToOuterDisposeScope();
    }

    private static Tensor Distance(MatchedModel whole, Goal goal, Tensor input, bool withHidden)
    {
        var hidden = whole.Head(input, goal.Layout);
        var (up, down) = whole.Gradients(hidden, goal.Layout, goal.Labels!, goal.Positions!);
        var both = Angle(up, goal.Up).Plus(Angle(down, goal.Down));
        return withHidden ? both.Plus(HiddenDistance(hidden, goal)) : both;
    }

    /// <summary>Squared distance of each row's real tokens over the squared size of what was seen.</summary>
    private static Tensor HiddenDistance(Tensor hidden, Goal goal)
    {
        var difference = (hidden - goal.Hidden) * goal.Real;
        return (Squares(difference) / Squares(goal.Hidden).PlusInPlace(Smallest)).sum();
    }

    /// <summary>1 - cosine, of each row: the loss is a mean over the batch, so sizes depend on other rows.</summary>
    private static Tensor Angle(Tensor found, Tensor seen)
    {
        var product = found.mul(seen).sum([1L, 2L]);
        return (product / (Squares(found) * Squares(seen)).Plus(Smallest).sqrt()).neg().sum();
    }

    private static Tensor Squares(Tensor x) => x.mul(x).sum([1L, 2L]);

    /// <summary>What the found input must give.</summary>
    private sealed class Goal
    {
        public Goal(Tensor seen, SequenceLayout layout, long width, IReadOnlyList<FoundLabels> labels)
        {
            Layout = layout;
            (Hidden, Up, Down) = (seen.narrow(2, 0, width), Unit(seen.narrow(2, 2 * width, width)), Unit(seen.narrow(2, 3 * width, width)));
            Real = zeros(layout.Rows * (long)layout.Length, 1).index_copy_(0, tensor(layout.RealTokens, dtype: int64), ones(layout.Tokens, 1)).view(layout.Rows, layout.Length, 1);
            if (labels.Count == 0)
                return;
            Labels = stack(labels.Select(row => Padded(row.Scores.softmax(-1))));
            Positions = stack(labels.Select(row => Padded(row.Positions.softmax(-1).unsqueeze(-1)).squeeze(-1)));
        }

        public SequenceLayout Layout { get; }

        public Tensor Hidden { get; }

        public Tensor Up { get; }

        public Tensor Down { get; }

        /// <summary>[B, T, 1] 1 at real tokens.</summary>
        public Tensor Real { get; }

        public Tensor? Labels { get; }

        public Tensor? Positions { get; }

        private static Tensor Unit(Tensor gradient) => gradient / Squares(gradient).Plus(Smallest).sqrt().view(-1, 1, 1);

        private Tensor Padded(Tensor row) => cat([row, zeros(Layout.Length - row.shape[0], row.shape[1])], 0);
    }
}
