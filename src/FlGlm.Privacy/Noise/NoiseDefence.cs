using System.Globalization;
using FlGlm.Client.Defences;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Accounting;
using FlGlm.Privacy.Settings;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Noise;

/// <summary>Clips every row that leaves and adds noise to it, both as <see cref="PrivacySettings"/> say, and counts what that costs.</summary>
public sealed class NoiseDefence : IBoundaryDefence
{
    /// <summary>The file of the secret in the run's folder.</summary>
    public const string SecretName = "noise.secret";

    /// <summary>The file of the releases in the run's folder.</summary>
    public const string LedgerName = "releases.json";

    private static readonly NoiseChannel[] Counted = [NoiseChannel.Hidden, NoiseChannel.UpwardGradient, NoiseChannel.Adapters];

    private readonly PrivacySettings _settings;
    private readonly NoiseSource? _source;
    private readonly ReleaseLedger? _ledger;
    private readonly Dictionary<NoiseChannel, RowNoise> _channels;
    private readonly RowCounts _counts = new();
    private readonly Lock _lock = new();
    private bool _trainsEnds = true;

    private NoiseDefence(PrivacySettings settings, NoiseSecret? secret, ReleaseLedger? ledger)
    {
        (_settings, _ledger) = (settings, ledger);
        _source = secret is null ? null : new NoiseSource(secret);
        OrderSeed = settings.TakesSecretOrder ? _source!.OrderSeed() : null;
        _channels = new()
        {
            [NoiseChannel.Hidden] = new(NoiseChannel.Hidden, _source, settings.Hidden.Clip, settings.Hidden.Noise, settings.Hidden.Distribution),
            [NoiseChannel.UpwardGradient] = Gradient(NoiseChannel.UpwardGradient),
            [NoiseChannel.HomewardGradient] = Gradient(NoiseChannel.HomewardGradient),
        };

        RowNoise Gradient(NoiseChannel channel) => new(channel, _source, settings.Gradient.Clip, settings.Gradient.Noise, NoiseDistribution.Gaussian);
    }

    /// <inheritdoc/>
    public bool UsesRowMeans => _settings.Gradient.Noise > 0 || RowGradientClip is not null;

    /// <inheritdoc/>
    public double? RowGradientClip => _settings.Adapters.Clip > 0 ? _settings.Adapters.Clip : null;

    /// <inheritdoc/>
    public long? OrderSeed { get; }

    /// <summary>
    /// Makes the run's secret; where one lies there already, the run goes on with it and with the count of what has been released. Where the
    /// settings need no secret, nothing is read or written.
    /// </summary>
    /// <param name="folder">of the run: the secret and the count of releases lie in it</param>
    /// <exception cref="ConfigurationException">The settings are not valid.</exception>
    /// <exception cref="SealException">The secret cannot be written or read.</exception>
    /// <exception cref="CheckpointException">The count of releases cannot be read.</exception>
    public static NoiseDefence Open(PrivacySettings settings, string folder)
    {
        ConfigValidation.Expect(("privacy.", settings));
        if (!settings.HasNoise && !settings.TakesSecretOrder)
            return new NoiseDefence(settings, secret: null, ledger: null);
        var (secret, ledger) = (Path.Combine(folder, SecretName), Path.Combine(folder, LedgerName));
        var goesOn = File.Exists(secret) || File.Exists(ledger);
        return new NoiseDefence(settings, goesOn ? NoiseSecret.Load(secret) : NoiseSecret.Create(secret), ReleaseLedger.Open(ledger));
    }

    /// <inheritdoc/>
    public void Begin(bool trainsHead, bool trainsTail)
    {
        var trainsEnds = trainsHead || trainsTail;
        if (trainsEnds && _settings.Budget > 0 && _settings.Adapters.Noise == 0)
        {
            throw new ConfigurationException(
                "privacy.budget",
                "no epsilon: adapters carry rows. Set privacy.adapters.noise, let head and tail not train (peft.lora.layers can name blocks of the middle alone), or leave the budget out.");
        }

        _trainsEnds = trainsEnds;
    }

    /// <inheritdoc/>
    public void BeginStep(BoundaryPass pass)
    {
        lock (_lock)
            Allow(Counts(channel => _counts.MostWith(channel, pass.Rows!)), before: Counts(_counts.Most));
    }

    /// <inheritdoc/>
    public Tensor Hidden(Tensor hidden, BoundaryPass pass) => Release(NoiseChannel.Hidden, hidden, pass);

    /// <inheritdoc/>
    public Tensor UpwardGradient(Tensor gradient, BoundaryPass pass)
    {
        using var grad = no_grad();
        return Release(NoiseChannel.UpwardGradient, gradient, pass);
    }

    /// <inheritdoc/>
    public Tensor HomewardGradient(Tensor gradient, BoundaryPass pass)
    {
        using var grad = no_grad();
        return _channels[NoiseChannel.HomewardGradient].Apply(gradient, pass).Rows;
    }

    /// <inheritdoc/>
    public void AdapterGradients(IReadOnlyList<Tensor> sums, BoundaryPass pass)
    {
        using var grad = no_grad();
        if (_settings.Adapters.Noise > 0)
            SumNoise.Add(_source!, sums, pass, _settings.Adapters.Noise * _settings.Adapters.Clip);
        Count(NoiseChannel.Adapters, pass, []);
    }

    /// <inheritdoc/>
    public double? Epsilon()
    {
        lock (_lock)
            return Epsilon(Counts(_counts.Most));
    }

    /// <inheritdoc/>
    public string Report()
    {
        lock (_lock)
        {
            var now = Counts(_counts.Most);
            _ledger?.Settle(now);
            var all = _ledger?.All(now) ?? now;
            var released = string.Create(CultureInfo.InvariantCulture, $"most-used row: {Sum(NoiseChannel.Hidden)} releases of hidden states, {Sum(NoiseChannel.UpwardGradient)} of gradients{(_trainsEnds ? $", {Sum(NoiseChannel.Adapters)} in adapters" : "")}");
            if (CarriesRows(all))
                return $"no epsilon: adapters carry rows ({released})";
            return Epsilon(now) is { } epsilon
                ? string.Create(CultureInfo.InvariantCulture, $"epsilon {epsilon:G4} at delta {_settings.Delta:G4} for one row replaced by another of the same lengths ({released})")
                : $"no epsilon: {(_settings.Hidden.Noise > 0 ? "gradients" : "hidden states")} have left without noise ({released})";

            long Sum(NoiseChannel channel) => all.Where(count => count.Channel == channel).Sum(count => count.Releases);
        }
    }

    private Tensor Release(NoiseChannel channel, Tensor rows, BoundaryPass pass)
    {
        var (released, names) = _channels[channel].Apply(rows, pass);
        try
        {
            Count(channel, pass, names);
            return released;
        }
        catch
        {
            if (!ReferenceEquals(released, rows))
                released.Dispose();
            throw;
        }
    }

    /// <exception cref="BudgetException">It would cost more than the budget.</exception>
    private void Count(NoiseChannel channel, BoundaryPass pass, IReadOnlyList<UInt128> releases)
    {
        lock (_lock)
        {
            var before = Counts(_counts.Most);
            _counts.Add(channel, pass, releases);
            var counts = Counts(_counts.Most);
            Allow(counts, before);
            _ledger?.Cover(counts);
        }
    }

    /// <exception cref="BudgetException">These releases would cost more than the budget.</exception>
    private void Allow(IReadOnlyList<ReleaseCount> counts, IReadOnlyList<ReleaseCount> before)
    {
        if (_settings.Budget == 0 || Epsilon(counts) is not { } epsilon || epsilon <= _settings.Budget)
            return;
        _ledger?.Settle(before);
        throw new BudgetException(_settings.Budget, Epsilon(before) ?? 0);
    }

    private double? Epsilon(IReadOnlyList<ReleaseCount> counts)
    {
        var (accountant, all) = (new RenyiAccountant(), _ledger?.All(counts) ?? counts);
        if (CarriesRows(all))
            return null;
        foreach (var count in all.Where(count => count.Releases > 0))
        {
            if (count.Noise == 0)
                return null;
            if (count.Distribution == NoiseDistribution.Laplace)
                accountant.AddLaplace(count.Noise, count.Releases);
            else
                accountant.AddGaussian(count.Noise, count.Releases);
        }

        return accountant.Epsilon(_settings.Delta);
    }

    /// <summary>Head and tail train without noise, or have in an earlier process of the run.</summary>
    private bool CarriesRows(IReadOnlyList<ReleaseCount> all) =>
        (_trainsEnds && _settings.Adapters.Noise == 0) || all.Any(count => count is { Channel: NoiseChannel.Adapters, Noise: 0, Releases: > 0 });

    /// <summary>
    /// What leaves. Where head and tail train without noise, their adapters have released whatever the steps have read, which has no epsilon; where they train with
    /// it, all that is computed with them later is post-processing of what is counted, and adds nothing.
    /// </summary>
    private List<ReleaseCount> Counts(Func<NoiseChannel, long> releases) => [.. Counted.Select(channel => channel == NoiseChannel.Adapters
        ? new ReleaseCount(channel, NoiseDistribution.Gaussian, _settings.Adapters.Noise, OfAdapters(releases))
        : new ReleaseCount(channel, _channels[channel].Distribution, _channels[channel].Noise, releases(channel)))];

    private long OfAdapters(Func<NoiseChannel, long> releases) =>
        !_trainsEnds ? 0 : releases(_settings.Adapters.Noise > 0 ? NoiseChannel.Adapters : NoiseChannel.UpwardGradient);
}
