using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Defences;
using FlGlm.Privacy.Tap;

namespace FlGlm.Privacy.Evaluation;

/// <summary>Runs the attacks on every channel of a recording, with controls. Computes on the calling thread.</summary>
public sealed class AttackEvaluation(AttackOptions options)
{
    private const int ShadowFactor = 4;

    private static readonly (IReadOnlyList<PassChannel> Channels, InverterKind Kind, InverterStart Start, bool Shift)[] Inverters =
    [
        ([PassChannel.HiddenUp], InverterKind.Linear, InverterStart.Random, false),
        ([PassChannel.HiddenUp], InverterKind.Linear, InverterStart.Pretrained, false),
        ([PassChannel.HiddenUp], InverterKind.Gru, InverterStart.Random, false),
        ([PassChannel.HiddenUp], InverterKind.Transformer, InverterStart.Pretrained, false),
        ([PassChannel.HiddenUp], InverterKind.Transformer, InverterStart.Random, true),
        ([PassChannel.HiddenDown], InverterKind.Transformer, InverterStart.Pretrained, false),
        ([PassChannel.GradientUp], InverterKind.Transformer, InverterStart.Random, false),
        ([PassChannel.GradientDown], InverterKind.Transformer, InverterStart.Random, false),
        (InputMatching.Channels, InverterKind.Gru, InverterStart.Random, false),
    ];

    private static readonly (MatchingTarget Target, MatchingStart Start)[] Searches =
    [
        (MatchingTarget.Hidden, MatchingStart.Random),
        (MatchingTarget.Gradients, MatchingStart.Random),
        (MatchingTarget.Gradients, MatchingStart.Labels),
        (MatchingTarget.HiddenThenAll, MatchingStart.Inverter),
    ];

    /// <summary>Runs all of them.</summary>
    /// <param name="progress">called with a line before each</param>
    /// <exception cref="FlGlmException">The recording is of another model or other data, there are no shadow rows, or a file cannot be used.</exception>
    public AttackReport Run(Action<string>? progress = null, CancellationToken ct = default)
    {
        ConfigValidation.Expect(("attack.", options.Settings), ("attack.", options.Matching));
        if (options.Shadow.Count == 0)
            throw new ConfigurationException("--shadow", "names no file; an inverter is trained on rows of the attacker's own.");
        if (options.MaxRows < 1)
            throw new ConfigurationException("--rows", $"{options.MaxRows} are none; 1 or more.");
        if (options.Seeds is < 1 or > 10)
            throw new ConfigurationException("--seeds", $"{options.Seeds} is out of range; 1 to 10.");
        var recording = Recording.Open(options.Recording);
        using var model = new PublicModel(options.Model);
        var plan = RunPlanner.Create(model.Checkpoint, model.Family, options.Plan);
        ExpectSame(recording, PlanKeys.Architecture, model.Family.Architecture);
        ExpectSame(recording, "split.head", FormattableString.Invariant($"{plan.Split.Head}"));
        ExpectSame(recording, "split.tail", FormattableString.Invariant($"{plan.Split.Tail}"));
        var positions = SplitModel.FreePositionsOf(model.Family, plan.Peft);
        using var data = Dataset.Load(options.Data, options.Model, positions);
        using var own = Dataset.Load(options.Data with { Train = options.Shadow, Validation = [], Partition = new PartitionSettings() }, options.Model, positions);
        var text = TextTokenizer.Open(options.Model);
        var run = new AttackRun(
            model, [.. own.Train.Take(ShadowFactor * options.MaxRows)], plan.Split, plan.Training.BatchSize, ids => text.Decode(ids), options.Seeds,
            PrivacyDefence.Imitate(options.Privacy, options.Model, options.Settings.Seed));
        var client = ClientOf(recording);
        List<AttackResult> results = [.. Attack(Rows, run, progress, ct), .. Match(Rows, run, progress, ct)];
        return new AttackReport(results, [.. new OtherChannels(recording, client, model, data.Train, options.Matching, plan.Split).Of(Rows)])
        {
            Channels = [.. new ChannelSummary(recording, client, model, [.. Truth()]).Of(results)],
        };

        KnownRows Rows(IReadOnlyList<PassChannel> channels) => ObservedRows.Of(recording, client, channels, Truth(), options.MaxRows);

        IEnumerable<TrainingBatch> Truth() => PassTruth.Of(
            data.Train, plan, (int)plan.ClientSteps(data.Train.Count), model.Family.Marks, options.Data, options.Privacy.LengthBuckets, options.Defence);
    }

    private IEnumerable<AttackResult> Attack(Func<IReadOnlyList<PassChannel>, KnownRows> rows, AttackRun run, Action<string>? progress, CancellationToken ct)
    {
        using (var up = rows([PassChannel.HiddenUp]))
            yield return run.Nearest(PassChannel.HiddenUp, up);
        foreach (var (channels, kind, start, shift) in Inverters)
        {
            ct.ThrowIfCancellationRequested();
            progress?.Invoke($"{kind.ToString().ToLowerInvariant()} inverter on {string.Join(", ", channels)}");
            using var seen = rows(channels);
            yield return run.Invert(channels, seen, kind, options.Settings with { Start = start, Shift = shift });
        }

        using var gradient = rows([PassChannel.GradientUp]);
        yield return run.Labels(gradient);
    }

    private IEnumerable<AttackResult> Match(Func<IReadOnlyList<PassChannel>, KnownRows> rows, AttackRun run, Action<string>? progress, CancellationToken ct)
    {
        if (options.Matching.Rows == 0)
            yield break;
        using var all = rows(InputMatching.Channels);
        using var few = all.Spread(options.Matching.Rows);
        foreach (var (target, start) in Searches)
        {
            ct.ThrowIfCancellationRequested();
            progress?.Invoke($"matching of {target} from {start}");
            yield return run.Match(few, target, start, options.Matching, options.Settings with { Start = InverterStart.Random });
        }
    }

    private string ClientOf(Recording recording)
    {
        if (options.Client.Length > 0)
            return options.Client;
        var clients = recording.Passes.Where(pass => pass.Trains).Select(pass => pass.Client).Distinct().ToList();
        return clients switch
        {
            [var only] => only,
            [] => throw new DataException(recording.Folder, null, $"'{recording.Folder}' holds no training pass."),
            _ => throw new ConfigurationException("--client", $"must say whose rows are attacked; the recording has {string.Join(", ", clients)}."),
        };
    }

    private static void ExpectSame(Recording recording, string key, string own)
    {
        if (recording.PlanLine(key) is { } recorded && recorded != own)
            throw new ConfigurationException(key, $"the recording '{recording.Folder}' was made with '{recorded}', not '{own}'; give the configuration of the recorded run.");
    }
}
