using System.Globalization;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Metrics;
using FlGlm.Privacy.Tap;

namespace FlGlm.Privacy.Evaluation;

/// <summary>What the server learns beside tokens at their places.</summary>
/// <param name="data">the client's rows</param>
internal sealed class OtherChannels(Recording recording, string client, PublicModel model, IReadOnlyList<Example> data, MatchingSettings matching, SplitSettings split)
{
    /// <param name="rows">of some channels</param>
    public IEnumerable<string> Of(Func<IReadOnlyList<PassChannel>, KnownRows> rows)
    {
        using (var gradient = rows([PassChannel.GradientUp]))
        {
            var support = GradientSupport.Measure(gradient);
            yield return Line($"Positions with loss from the norms of dL/dhN-2: area under the curve {support.Area.Value:F3} ({support.Area.Interval!.Low:F3} to {support.Area.Interval.High:F3}); of the rows that are not 0, {support.Correct:P1} carry loss{(support.IsExact ? ": all positions are known exactly" : "")}.");
        }

        if (matching.Rows > 0)
            yield return MatchedLabels(rows);
        var counted = data.CountBy(row => row.Ids.Length).ToList();
        yield return Line($"Row lengths are seen exactly: {counted.Count} different ones among {data.Count} rows; {counted.Count(length => length.Value == 1) / (double)data.Count:P1} of the rows are told from all others by their length alone.");
        var sent = recording.Frames.Where(frame => frame.Client == client && frame.FromClient).ToList();
        yield return Line($"{sent.Count} frames of '{client}' with {sent.Sum(frame => frame.Bytes):N0} bytes, each with its time.");
    }

    private string MatchedLabels(Func<IReadOnlyList<PassChannel>, KnownRows> rows)
    {
        using var all = rows([PassChannel.HiddenDown, PassChannel.GradientUp]);
        using var few = all.Spread(matching.Rows);
        using var hidden = few.Rows.Channel(0, model.Family.Shape.Hidden);
        using var gradient = few.Rows.Channel(1, model.Family.Shape.Hidden);
        var search = new GradientMatching(model, split, new AttackSettings { Steps = matching.Steps, LearningRate = matching.LabelLearningRate });
        var (guesses, labels) = LabelDirections.AtLoss(search.Run(hidden, gradient), few);
        var scores = TokenScores.Of(guesses, labels);
        return Line($"Labels from the matching of dL/dhN-2, where there is loss, {few.Rows.Lengths.Count} rows: top-1 {scores.Top1:P1} ({scores.Interval.Low:P1} to {scores.Interval.High:P1}), top-5 {scores.Top5:P1}; constant baseline {TokenScores.Baseline(labels):P1}.");
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
