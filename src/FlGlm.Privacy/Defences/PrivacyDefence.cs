using System.Security.Cryptography;
using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Privacy.Accounting;
using FlGlm.Privacy.Noise;
using FlGlm.Privacy.Penalties;
using FlGlm.Privacy.Settings;
using FlGlm.Privacy.Tokens;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Defences;

/// <summary>All defences that <see cref="PrivacySettings"/> ask for, together: clips and noise are <see cref="NoiseDefence"/>'s.</summary>
public sealed class PrivacyDefence : IBoundaryDefence
{
    /// <summary>The file of the secret in the run's folder.</summary>
    internal const string SecretName = "noise.secret";

    /// <summary>The file of the releases in the run's folder.</summary>
    internal const string LedgerName = "releases.json";

    private readonly NoiseDefence _noise;
    private readonly bool _hasNoise;
    private readonly IReadOnlyList<int> _buckets;
    private readonly HeadPenalty? _penalty;
    private readonly TokenReplacement? _tokens;

    private PrivacyDefence(PrivacySettings settings, NoiseSecret? secret, ReleaseLedger? ledger, string model)
    {
        (Settings, _buckets) = (Changed(settings, secret), settings.LengthBuckets);
        (_noise, _hasNoise) = (new NoiseDefence(settings, secret, ledger), settings.ChangesTensors || settings.TakesSecretOrder);
        _tokens = settings.Tokens.Epsilon > 0 ? new TokenReplacement(settings.Tokens.Epsilon, secret!, model) : null;
        _penalty = settings.NoPeek > 0 || settings.Decorrelation > 0 ? new HeadPenalty(settings) : null;
    }

    /// <inheritdoc/>
    public bool UsesRowMeans => _noise.UsesRowMeans;

    /// <inheritdoc/>
    public double? RowGradientClip => _noise.RowGradientClip;

    /// <inheritdoc/>
    public long? OrderSeed => _noise.OrderSeed;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>
    /// Makes the run's secret; where one lies there already, the run goes on with it and with the count of what has been released. Where the
    /// settings need no secret, nothing is read or written.
    /// </summary>
    /// <param name="folder">of the run: the secret and the count of releases lie in it</param>
    /// <param name="model">the checkpoint directory, whose marks are never replaced</param>
    /// <exception cref="ConfigurationException">The settings are not valid.</exception>
    /// <exception cref="SealException">The secret cannot be written or read.</exception>
    /// <exception cref="CheckpointException">The count of releases cannot be read.</exception>
    public static PrivacyDefence Open(PrivacySettings settings, string folder, string model)
    {
        ConfigValidation.Expect(("privacy.", settings));
        var (secret, ledger) = (Path.Combine(folder, SecretName), Path.Combine(folder, LedgerName));
        return new PrivacyDefence(
            settings,
            !settings.NeedsSecret ? null : File.Exists(secret) || File.Exists(ledger) ? NoiseSecret.Load(secret) : NoiseSecret.Create(secret),
            settings.CountsReleases ? ReleaseLedger.Open(ledger) : null,
            model);
    }

    /// <summary>Whether a run's folder has its secret.</summary>
    /// <param name="folder">as for <see cref="Open"/></param>
    public static bool HasSecret(string folder) => File.Exists(Path.Combine(folder, SecretName));

    /// <summary>What an attacker does with rows of its own, so that they leave as the client's do; null = nothing.</summary>
    /// <param name="seed">of a secret that is none</param>
    internal static PrivacyDefence? Imitate(PrivacySettings settings, string model, long seed)
    {
        var without = settings with { Budget = 0 };
        return without.IsOn ? new PrivacyDefence(without, new NoiseSecret(SHA256.HashData(BitConverter.GetBytes(seed))), ledger: null, model) : null;
    }

    /// <inheritdoc/>
    public void Begin(bool trainsHead, bool trainsTail, bool trainsEmbedding)
    {
        _noise.Begin(trainsHead, trainsTail, trainsEmbedding);
        _penalty?.Begin(trainsHead);
        if (_tokens is not null)
            TokenReplacement.Begin(trainsEmbedding);
    }

    /// <inheritdoc/>
    public void BeginSamples(RowSampling sampling) => _noise.BeginSamples(sampling);

    /// <inheritdoc/>
    public Func<int, int>? RowDraws(long step, RowSampling sampling) => _noise.RowDraws(step, sampling);

    /// <inheritdoc/>
    public void BeginStep(BoundaryPass pass) => _noise.BeginStep(pass);

    /// <inheritdoc/>
    public TrainingBatch Tokens(TrainingBatch rows, TokenEmbedding embedding) => _tokens?.Apply(rows, embedding) ?? rows;

    /// <inheritdoc/>
    public Tensor Hidden(Tensor hidden, BoundaryPass pass) => _noise.Hidden(hidden, pass);

    /// <inheritdoc/>
    public Tensor UpwardGradient(Tensor gradient, BoundaryPass pass) => _noise.UpwardGradient(gradient, pass);

    /// <inheritdoc/>
    public Tensor HomewardGradient(Tensor gradient, BoundaryPass pass) => _noise.HomewardGradient(gradient, pass);

    /// <inheritdoc/>
    public Tensor? Penalty(Tensor embeddings, Tensor hidden, BoundaryPass pass) => _penalty?.Gradient(embeddings, hidden, pass);

    /// <inheritdoc/>
    public void AdapterGradients(IReadOnlyList<Tensor> sums, BoundaryPass pass) => _noise.AdapterGradients(sums, pass);

    /// <inheritdoc/>
    public double? Epsilon() => _noise.Epsilon();

    /// <inheritdoc/>
    public string Report() => string.Join("; ", Lines());

    private IEnumerable<string> Lines()
    {
        if (_hasNoise)
            yield return _noise.Report();
        if (_tokens is not null)
            yield return _tokens.Report();
        if (_buckets.Count > 0)
            yield return $"rows have left as long as the first of {string.Join(", ", _buckets)} tokens that holds them";
        foreach (var line in _penalty?.Report() ?? [])
            yield return line;
    }

    /// <summary>What differs from a run without defences, and a name of the secret that tells nothing of it.</summary>
    private static Dictionary<string, string> Changed(PrivacySettings settings, NoiseSecret? secret)
    {
        var changed = ConfigWriter.Differences(new PrivacySettings(), settings).ToDictionary(setting => $"privacy.{setting.Key}", setting => setting.Second, StringComparer.Ordinal);
        if (secret is not null)
            changed[$"privacy/{SecretName}"] = Convert.ToHexStringLower(HKDF.DeriveKey(HashAlgorithmName.SHA256, [.. secret.Bytes], 8, salt: [], info: [.. "flglm name 1"u8]));
        return changed;
    }
}
