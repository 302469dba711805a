using FlGlm.Client.Data;
using FlGlm.Client.Evaluation.Metrics;
using FlGlm.Privacy.Metrics;
using FlGlm.Privacy.Tap;

namespace FlGlm.Privacy.Evaluation;

/// <summary>
/// What the times of a client's messages tell: from hN-2 to dL/dhN-2 it computes its tail, which takes longer for more tokens, and for more targets.
/// </summary>
internal sealed class PassTimes
{
    private const int Resamples = 1000;
    private const int FewestPasses = 10;
    private readonly List<(double Tail, double Tokens, double Targets)> _passes = [];

    /// <param name="truth">of <see cref="PassTruth"/></param>
    public PassTimes(Recording recording, string client, IReadOnlyList<TrainingBatch> truth)
    {
        var (sent, received) = (First(recording, client, "ForwardReply"), First(recording, client, "Backward"));
        foreach (var (pass, batch) in recording.Passes.Where(pass => pass.Client == client && pass.Trains && pass.Attempt == 0).Zip(truth).Skip(1)) // the first is slow
        {
            if (sent.TryGetValue(pass.Step, out var from) && received.TryGetValue(pass.Step, out var to))
                _passes.Add((to - from, batch.Tokens, batch.LabelCount));
        }
    }

    public IEnumerable<ChannelResult> Results()
    {
        double[] times = [.. _passes.Select(pass => pass.Tail)];
        double[] tokens = [.. _passes.Select(pass => pass.Tokens)];
        double[] targets = [.. _passes.Select(pass => pass.Targets)];
        yield return Of("tokens of the pass", tokens, sample => RankCorrelation.Of(Times(sample), [.. sample.Select(pass => pass.Tokens)]));
        yield return Of(
            "learnt tokens, where the lengths are known",
            targets,
            sample => RankCorrelation.Of(Times(sample), [.. sample.Select(pass => pass.Targets)], [.. sample.Select(pass => pass.Tokens)]));

        ChannelResult Of(string what, double[] values, Func<IReadOnlyList<(double Tail, double Tokens, double Targets)>, double> correlation)
        {
            const string Channel = "sizes and times";
            var measure = $"rank correlation of the client's time with {what}";
            if (_passes.Count < FewestPasses)
                return ChannelResult.Nothing(Channel, measure, $"{_passes.Count} passes are too few");
            if (values.Distinct().Count() < 2)
                return ChannelResult.Nothing(Channel, measure, "all passes have as many");
            var found = correlation(_passes);
            if (double.IsNaN(found))
                return ChannelResult.Nothing(Channel, measure, "the lengths tell their order already");
            return ChannelResult.Of(Channel, measure, found, Bootstrap.Interval(_passes, correlation, Resamples), RankCorrelation.OfShuffled(times, values), $"{_passes.Count} passes; the control is what 95 % of shuffled values stay within");
        }
    }

    private static double[] Times(IReadOnlyList<(double Tail, double Tokens, double Targets)> passes) => [.. passes.Select(pass => pass.Tail)];

    /// <summary>When the first frame of this kind was seen, of each pass.</summary>
    private static Dictionary<long, long> First(Recording recording, string client, string kind) =>
        recording.Frames.Where(frame => frame.Client == client && frame.Kind == kind).GroupBy(frame => frame.Facts.Number("step")).ToDictionary(step => step.Key, step => step.First().At);
}
