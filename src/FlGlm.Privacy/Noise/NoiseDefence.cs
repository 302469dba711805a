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

    private readonly PrivacySettings _settings;
    private readonly ReleaseLedger? _ledger;
    private readonly Dictionary<NoiseChannel, RowNoise> _channels;
    private readonly RowCounts _counts = new();
    private readonly Lock _lock = new();
    private bool _trainsEnds = true;

    private NoiseDefence(PrivacySettings settings, NoiseSecret? secret, ReleaseLedger? ledger)
    {
        (_settings, _ledger) = (settings, ledger);
        var source = secret is null ? null : new NoiseSource(secret);
        OrderSeed = settings.TakesSecretOrder ? source!.OrderSeed() : null;
        _channels = new()
        {
            [NoiseChannel.Hidden] = new(NoiseChannel.Hidden, source, settings.Hidden.Clip, settings.Hidden.Noise, settings.Hidden.Distribution),
            [NoiseChannel.UpwardGradient] = Gradient(NoiseChannel.UpwardGradient),
            [NoiseChannel.HomewardGradient] = Gradient(NoiseChannel.HomewardGradient),
        };

        RowNoise Gradient(NoiseChannel channel) => new(channel, source, settings.Gradient.Clip, settings.Gradient.Noise, NoiseDistribution.Gaussian);
    }

    /// <inheritdoc/>
    public bool UsesRowMeans => _settings.Gradient.Noise > 0;

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
    public void Begin(bool trainsHead, bool trainsTail, bool trainsEmbedding)
    {
        var trainsEnds = trainsHead || trainsTail;
        if (trainsEnds && _settings.Budget > 0)
            throw new ConfigurationException("privacy.budget", "no epsilon: adapters carry rows. Let head and tail not train (peft.lora.layers can name blocks of the middle alone), or leave the budget out.");
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
            var released = string.Create(CultureInfo.InvariantCulture, $"most-used row: {Sum(NoiseChannel.Hidden)} releases of hidden states, {Sum(NoiseChannel.UpwardGradient)} of gradients");
            if (_trainsEnds)
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
            lock (_lock)
            {
                var before = Counts(_counts.Most);
                _counts.Add(channel, pass, names);
                var counts = Counts(_counts.Most);
                Allow(counts, before);
                _ledger?.Cover(counts);
            }

            return released;
        }
        catch
        {
            if (!ReferenceEquals(released, rows))
                released.Dispose();
            throw;
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
        var accountant = new RenyiAccountant();
        foreach (var count in (_ledger?.All(counts) ?? counts).Where(count => count.Releases > 0))
        {
            if (_trainsEnds || count.Noise == 0)
                return null;
            if (count.Distribution == NoiseDistribution.Laplace)
                accountant.AddLaplace(count.Noise, count.Releases);
            else
                accountant.AddGaussian(count.Noise, count.Releases);
        }

        return _trainsEnds ? null : accountant.Epsilon(_settings.Delta);
    }

    /// <summary>The two channels that leave.</summary>
    private List<ReleaseCount> Counts(Func<NoiseChannel, long> releases) =>
    [
        .. new[] { NoiseChannel.Hidden, NoiseChannel.UpwardGradient }
            .Select(channel => new ReleaseCount(channel, _channels[channel].Distribution, _channels[channel].Noise, releases(channel))),
    ];
}
