using FlGlm.Client.Defences;
using FlGlm.Privacy.Noise;
using FlGlm.Privacy.Penalties;
using FlGlm.Privacy.Settings;
using static TorchSharp.torch;

namespace FlGlm.Privacy;

/// <summary>All defences that <see cref="PrivacySettings"/> ask for, together: clips and noise are <see cref="NoiseDefence"/>'s.</summary>
public sealed class PrivacyDefence : IBoundaryDefence
{
    private readonly NoiseDefence _noise;
    private readonly bool _hasNoise;
    private readonly HeadPenalty? _penalty;

    private PrivacyDefence(PrivacySettings settings, NoiseDefence noise)
    {
        (_noise, _hasNoise) = (noise, settings.ChangesTensors || settings.TakesSecretOrder);
        _penalty = settings.NoPeek > 0 || settings.Decorrelation > 0 ? new HeadPenalty(settings) : null;
    }

    /// <inheritdoc/>
    public bool UsesRowMeans => _noise.UsesRowMeans;

    /// <inheritdoc/>
    public long? OrderSeed => _noise.OrderSeed;

    /// <inheritdoc cref="NoiseDefence.Open"/>
    public static PrivacyDefence Open(PrivacySettings settings, string folder) => new(settings, NoiseDefence.Open(settings, folder));

    /// <inheritdoc/>
    public void Begin(bool trainsHead, bool trainsTail)
    {
        _noise.Begin(trainsHead, trainsTail);
        _penalty?.Begin(trainsHead);
    }

    /// <inheritdoc/>
    public void BeginStep(BoundaryPass pass) => _noise.BeginStep(pass);

    /// <inheritdoc/>
    public Tensor Hidden(Tensor hidden, BoundaryPass pass) => _noise.Hidden(hidden, pass);

    /// <inheritdoc/>
    public Tensor UpwardGradient(Tensor gradient, BoundaryPass pass) => _noise.UpwardGradient(gradient, pass);

    /// <inheritdoc/>
    public Tensor HomewardGradient(Tensor gradient, BoundaryPass pass) => _noise.HomewardGradient(gradient, pass);

    /// <inheritdoc/>
    public Tensor? Penalty(Tensor embeddings, Tensor hidden, BoundaryPass pass) => _penalty?.Gradient(embeddings, hidden, pass);

    /// <inheritdoc/>
    public double? Epsilon() => _noise.Epsilon();

    /// <inheritdoc/>
    public string Report() => string.Join("; ", [.. _hasNoise ? [_noise.Report()] : Array.Empty<string>(), .. _penalty?.Report() ?? []]);
}
