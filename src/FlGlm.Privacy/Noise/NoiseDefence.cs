using FlGlm.Client.Defences;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Accounting;
using FlGlm.Privacy.Settings;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Noise;

/// <summary>Clips every row that leaves and adds noise to it, both as <see cref="PrivacySettings"/> say, and counts what that costs.</summary>
internal sealed class NoiseDefence
{
    private readonly PrivacySettings _settings;
    private readonly NoiseSource? _source;
    private readonly RunReleases _releases;
    private readonly Dictionary<NoiseChannel, RowNoise> _channels;

    /// <param name="secret">null = the settings need none</param>
    /// <param name="ledger">null = nothing is counted</param>
    public NoiseDefence(PrivacySettings settings, NoiseSecret? secret, ReleaseLedger? ledger)
    {
        (_settings, _releases) = (settings, new RunReleases(settings, ledger));
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

    /// <inheritdoc cref="IBoundaryDefence.UsesRowMeans"/>
    public bool UsesRowMeans => _settings.Gradient.Noise > 0 || RowGradientClip is not null;

    /// <inheritdoc cref="IBoundaryDefence.RowGradientClip"/>
    public double? RowGradientClip => _settings.Adapters.Clip > 0 ? _settings.Adapters.Clip : null;

    /// <inheritdoc cref="IBoundaryDefence.OrderSeed"/>
    public long? OrderSeed { get; }

    /// <inheritdoc cref="IBoundaryDefence.Begin"/>
    public void Begin(bool trainsHead, bool trainsTail, bool trainsEmbedding)
    {
        var trainsEnds = trainsHead || trainsTail;
        if (trainsEnds && _settings.Budget > 0 && _settings.Adapters.Noise == 0)
        {
            throw new ConfigurationException(
                "privacy.budget",
                "no epsilon: adapters carry rows. Set privacy.adapters.noise, let head and tail not train (peft.lora.layers can name blocks of the middle alone), or leave the budget out.");
        }

        _releases.TrainsEnds = trainsEnds;
    }

    /// <inheritdoc cref="IBoundaryDefence.BeginSamples"/>
    public void BeginSamples(RowSampling sampling) => _releases.Sampling = sampling;

    /// <inheritdoc cref="IBoundaryDefence.RowDraws"/>
    public Func<int, int>? RowDraws(long step, RowSampling sampling)
    {
        ArgumentNullException.ThrowIfNull(sampling);
        return _settings.TakesSecretOrder ? _source!.Sample(step, sampling.Rows, sampling.RowsPerStep).NextBelow : null;
    }

    /// <inheritdoc cref="IBoundaryDefence.BeginStep"/>
    public void BeginStep(BoundaryPass pass) => _releases.BeginStep(pass);

    /// <inheritdoc cref="IBoundaryDefence.Hidden"/>
    public Tensor Hidden(Tensor hidden, BoundaryPass pass) => Release(NoiseChannel.Hidden, hidden, pass);

    /// <inheritdoc cref="IBoundaryDefence.UpwardGradient"/>
    public Tensor UpwardGradient(Tensor gradient, BoundaryPass pass)
    {
        using var grad = no_grad();
        return Release(NoiseChannel.UpwardGradient, gradient, pass);
    }

    /// <inheritdoc cref="IBoundaryDefence.HomewardGradient"/>
    public Tensor HomewardGradient(Tensor gradient, BoundaryPass pass)
    {
        using var grad = no_grad();
        return _channels[NoiseChannel.HomewardGradient].Apply(gradient, pass).Rows;
    }

    /// <inheritdoc cref="IBoundaryDefence.AdapterGradients"/>
    public void AdapterGradients(IReadOnlyList<Tensor> sums, BoundaryPass pass)
    {
        using var grad = no_grad();
        if (_settings.Adapters.Noise > 0)
            SumNoise.Add(_source!, sums, pass, _settings.Adapters.Noise * _settings.Adapters.Clip);
        _releases.Add(NoiseChannel.Adapters, pass, []);
    }

    /// <inheritdoc cref="IBoundaryDefence.Epsilon"/>
    public double? Epsilon() => _releases.Epsilon();

    /// <inheritdoc cref="IBoundaryDefence.Report"/>
    public string Report() => _releases.Report();

    private Tensor Release(NoiseChannel channel, Tensor rows, BoundaryPass pass)
    {
        var (released, names) = _channels[channel].Apply(rows, pass);
        try
        {
            _releases.Add(channel, pass, names);
            return released;
        }
        catch
        {
            if (!ReferenceEquals(released, rows))
                released.Dispose();
            throw;
        }
    }
}
