using System.Globalization;
using FlGlm.Client.Defences;
using FlGlm.Privacy.Noise;
using FlGlm.Privacy.Settings;

namespace FlGlm.Privacy.Accounting;

/// <summary>What a run has released, what that costs as an epsilon, and whether its budget allows more.</summary>
/// <remarks>
/// Three channels count: hidden states, upward gradients, and the steps of what head and tail train. Where these train with noise, all that is computed with
/// them later, hidden states, gradients and the adapters that travel, is computed from what is counted, and Rényi divergences add up whatever later
/// releases learn from earlier ones: it costs nothing more. Where they train without noise, whatever leaves carries rows, and there is no epsilon.
/// </remarks>
/// <param name="ledger">null = no noise</param>
internal sealed class RunReleases(PrivacySettings settings, ReleaseLedger? ledger)
{
    private readonly RowCounts _counts = new();
    private readonly SampledSteps _sampled = new();
    private readonly Lock _lock = new();
    private List<StepRange> _ranges = [];

    /// <summary>Whether head or tail have parameters that train.</summary>
    public bool TrainsEnds { private get; set; } = true;

    /// <summary>How the rows of a step are drawn; null = every row once an epoch.</summary>
    public RowSampling? Sampling { private get; set; }

    /// <summary>The server does not learn which rows a step has, so that steps count as samples and not as releases of their rows.</summary>
    private bool HidesRows => Sampling is { LookAlike: true } && Sampling.RowsPerStep < Sampling.Rows && settings.TakesSecretOrder;

    /// <summary>Counts a step before anything of it leaves; where its rows are known, asks whether they may leave.</summary>
    /// <exception cref="BudgetException">The step would cost more than the budget.</exception>
    public void BeginStep(BoundaryPass pass)
    {
        lock (_lock)
        {
            var before = Now();
            if (!HidesRows)
            {
                Allow(Counts(channel => _counts.MostWith(channel, pass.Rows!), _ranges), before);
                return;
            }

            var ranges = WithStep(pass.Step);
            Allow(Counts(_counts.Most, ranges), before);
            _ranges = ranges;
            ledger?.Cover(Now());
        }
    }

    /// <summary>Counts what is about to leave.</summary>
    /// <param name="releases">the name of each row's release; none = all are counted</param>
    /// <exception cref="BudgetException">It would cost more than the budget.</exception>
    public void Add(NoiseChannel channel, BoundaryPass pass, IReadOnlyList<UInt128> releases)
    {
        lock (_lock)
        {
            if (HidesRows && pass.Purpose == PassPurpose.Train)
                return;
            var before = Now();
            _counts.Add(channel, pass, releases);
            Allow(Now(), before);
            ledger?.Cover(Now());
        }
    }

    /// <summary>Of all that has left; null where none can be stated.</summary>
    public double? Epsilon()
    {
        lock (_lock)
            return Epsilon(Now());
    }

    /// <summary>One line, for the end of a run; the ledger says exactly this then.</summary>
    public string Report()
    {
        lock (_lock)
        {
            var now = Now();
            ledger?.Settle(now);
            var all = All(now);
            if (CarriesRows(all))
                return $"no epsilon: adapters carry rows ({Released(all)})";
            return Epsilon(now) is { } epsilon
                ? string.Create(CultureInfo.InvariantCulture, $"epsilon {epsilon:G4} at delta {settings.Delta:G4} for one row replaced by another of the same lengths ({Released(all)})")
                : $"no epsilon: {(settings.Hidden.Noise > 0 ? "gradients" : "hidden states")} have left without noise ({Released(all)})";
        }
    }

    private string Released(IReadOnlyList<ReleaseCount> all)
    {
        var text = $"most-used row: {Sum(NoiseChannel.Hidden)} releases of hidden states, {Sum(NoiseChannel.UpwardGradient)} of gradients";
        text += TrainsEnds ? $", {Sum(NoiseChannel.Adapters)} in adapters" : "";
        var samples = all.Where(count => count is { Channel: NoiseChannel.Hidden, Steps: not null }).Sum(count => count.Steps!.Last - count.Steps.First + 1);
        if (samples > 0)
            return string.Create(CultureInfo.InvariantCulture, $"{text}; {samples} secret samples of {Sampling?.RowsPerStep} of {Sampling?.Rows} rows");
        if (Sampling is not null && !HidesRows)
            text += $"; each sample counts for its rows, which {(settings.TakesSecretOrder ? "the server can tell apart, or all are in it" : "training.seed tells")}";
        return text;

        long Sum(NoiseChannel channel) => all.Where(count => count.Channel == channel && count.Steps is null).Sum(count => count.Releases);
    }

    /// <exception cref="BudgetException">These releases would cost more than the budget.</exception>
    private void Allow(IReadOnlyList<ReleaseCount> counts, IReadOnlyList<ReleaseCount> before)
    {
        if (settings.Budget == 0 || Epsilon(counts) is not { } epsilon || epsilon <= settings.Budget)
            return;
        ledger?.Settle(before);
        throw new BudgetException(settings.Budget, Epsilon(before) ?? 0);
    }

    private double? Epsilon(IReadOnlyList<ReleaseCount> counts)
    {
        var (accountant, all) = (new RenyiAccountant(), All(counts).Where(count => count.Releases > 0).ToList());
        if (CarriesRows(all) || all.Any(count => count.Noise == 0))
            return null;
        foreach (var count in all.Where(count => count.Steps is null))
        {
            if (count.Distribution == NoiseDistribution.Laplace)
                accountant.AddLaplace(count.Noise, count.Releases);
            else
                accountant.AddGaussian(count.Noise, count.Releases);
        }

        _sampled.AddTo(accountant, [.. all.Where(count => count.Steps is not null)]);
        return accountant.Epsilon(settings.Delta);
    }

    /// <summary>Head and tail train without noise, or have in an earlier process of the run.</summary>
    private bool CarriesRows(IReadOnlyList<ReleaseCount> all) =>
        (TrainsEnds && settings.Adapters.Noise == 0) || all.Any(count => count is { Channel: NoiseChannel.Adapters, Noise: 0, Releases: > 0 });

    private IReadOnlyList<ReleaseCount> All(IReadOnlyList<ReleaseCount> now) => ledger?.All(now) ?? now;

    private List<ReleaseCount> Now() => Counts(_counts.Most, _ranges);

    /// <summary>What this process has released: of the most-used row, then of samples.</summary>
    private List<ReleaseCount> Counts(Func<NoiseChannel, long> releases, IReadOnlyList<StepRange> ranges)
    {
        return
        [
            Hidden(releases(NoiseChannel.Hidden), null),
            Gradient(releases(NoiseChannel.UpwardGradient), null),
            Adapters(releases(settings.Adapters.Noise > 0 ? NoiseChannel.Adapters : NoiseChannel.UpwardGradient), null),
            .. ranges.SelectMany(range => new[] { Hidden(1, range), Gradient(1, range), Adapters(1, range) }),
        ];

        ReleaseCount Hidden(long count, StepRange? steps) => new(NoiseChannel.Hidden, settings.Hidden.Distribution, settings.Hidden.Noise, count) { Steps = steps };
        ReleaseCount Gradient(long count, StepRange? steps) => new(NoiseChannel.UpwardGradient, NoiseDistribution.Gaussian, settings.Gradient.Noise, count) { Steps = steps };
        ReleaseCount Adapters(long count, StepRange? steps) =>
            new(NoiseChannel.Adapters, NoiseDistribution.Gaussian, settings.Adapters.Noise, TrainsEnds ? count : 0) { Steps = steps };
    }

    /// <summary>With one more step; one that has been taken before is in one more range.</summary>
    private List<StepRange> WithStep(long step) => _ranges is [.. var others, var last] && last.Last == step - 1
        ? [.. others, last with { Last = step }]
        : [.. _ranges, new StepRange(Sampling!.RowsPerStep / (double)Sampling.Rows, step, step)];
}
