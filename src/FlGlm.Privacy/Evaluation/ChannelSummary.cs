using System.Globalization;
using FlGlm.Client.Data;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Tap;

namespace FlGlm.Privacy.Evaluation;

/// <summary>One line or more for each channel of a recording, also for those that have carried nothing.</summary>
/// <param name="truth">of <see cref="PassTruth"/></param>
internal sealed class ChannelSummary(Recording recording, string client, PublicModel model, IReadOnlyList<TrainingBatch> truth)
{
    private static readonly (string Name, string Channel)[] OfPasses =
    [
        ("h up", nameof(PassChannel.HiddenUp)),
        ("h down", nameof(PassChannel.HiddenDown)),
        ("g up", nameof(PassChannel.GradientUp)),
        ("g down", nameof(PassChannel.GradientDown)),
        ("g up and down", AttackRun.BothGradients),
        ("joint", AttackRun.Joint),
    ];

    /// <param name="results">of the attacks on tokens</param>
    public IEnumerable<ChannelResult> Of(IReadOnlyList<AttackResult> results) =>
        [.. OfPasses.Select(channel => Best(channel.Name, [.. results.Where(result => result.Channel == channel.Channel)])), Adapters(), Embedding(), Counts(), .. new PassTimes(recording, client, truth).Results()];

    /// <summary>The attack that finds most, of those whose controls hold.</summary>
    private static ChannelResult Best(string channel, IReadOnlyList<AttackResult> results)
    {
        const string Measure = "tokens found first";
        if (results.Count == 0)
            return ChannelResult.Nothing(channel, Measure, "not attacked");
        var best = results.MaxBy(result => (result.PositiveHolds && result.NegativeHolds, result.Leakage))!;
        return ChannelResult.Of(
            channel, Measure, best.Scores.Top1, best.Scores.Interval, best.Baseline, best.PositiveHolds && best.NegativeHolds ? best.Attack : $"{best.Attack}; its controls do not hold, so it says nothing");
    }

    private ChannelResult Adapters()
    {
        const string Channel = "adapters", Measure = "area under the curve, tokens that occur";
        if (FirstSent is not { } sent)
            return ChannelResult.Nothing(Channel, Measure, "no adapter of the client has travelled");
        return AdapterChange.Measure(model, sent, Occurring(sent)) is { } change
            ? ChannelResult.Of(Channel, Measure, change.Area.Value, change.Area.Interval, change.Control, Text($"LoRA of block {change.Block} after {sent.PassesBefore} passes; the control has random values in it"))
            : ChannelResult.Nothing(Channel, Measure, "no LoRA of an attention's input has travelled, or every token occurs");
    }

    private ChannelResult Embedding()
    {
        const string Channel = "embedding change", Measure = "area under the curve, tokens that occur";
        if (FirstSent is not { } sent || EmbeddingChange.Measure(model, sent, Occurring(sent)) is not { } change)
            return ChannelResult.Nothing(Channel, Measure, "no embedding has travelled");
        return ChannelResult.Of(Channel, Measure, change.Area, null, 0.5, Text($"{change.Changed} rows have moved, of which {change.Correct:P1} occur; {change.Found:P1} of those that occur are among them"));
    }

    /// <summary>The count of learnt tokens that travels with the last gradient of a step.</summary>
    private ChannelResult Counts()
    {
        const string Channel = "counts", Measure = "steps whose learnt tokens are known exactly";
        var sent = recording.Frames.Where(frame => frame.Client == client && frame.Kind == "Backward" && frame.Facts.Number("attempt") == 0).DistinctBy(frame => frame.Facts.Number("step")).ToList();
        var passes = recording.Passes.Where(pass => pass.Client == client && pass.Trains && pass.Attempt == 0).Zip(truth).GroupBy(pass => pass.First.Step).ToDictionary(step => step.Key, step => step.First().Second.LabelCount);
        var (steps, exact, carried, targets) = (0, 0, 0, 0L);
        foreach (var facts in sent.Select(frame => frame.Facts))
        {
            targets += passes.GetValueOrDefault(facts.Number("step"));
            if (facts.Flag("accumulate"))
                continue;
            steps++;
            carried += facts.Number("targets") > 0 ? 1 : 0;
            exact += facts.Number("targets") == targets ? 1 : 0;
            targets = 0;
        }

        return carried == 0 ? ChannelResult.Nothing(Channel, Measure, "the plan asks for no counts") : ChannelResult.Of(Channel, Measure, exact / (double)steps, null, 0, Text($"{steps} steps"));
    }

    private RecordedAdapter? FirstSent => recording.Adapters.FirstOrDefault(adapter => adapter.FromClient && adapter.Client == client);

    /// <summary>The tokens of the passes before an adapter travelled.</summary>
    private HashSet<long> Occurring(RecordedAdapter sent) => [.. truth.Take(sent.PassesBefore).SelectMany(batch => batch.Layout.RealTokens.Select(place => batch.Ids[place]))];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
