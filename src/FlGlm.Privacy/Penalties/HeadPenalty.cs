using System.Globalization;
using FlGlm.Client.Defences;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Settings;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Penalties;

/// <summary>
/// Teaches the head to make hidden states that depend less on the tokens: to the loss come <see cref="PrivacySettings.NoPeek"/> times the distance
/// correlation and <see cref="PrivacySettings.Decorrelation"/> times the RV coefficient, each the mean over the rows of a step, between the head's
/// input and what has left of h0. They are computed in float32; a row of one token counts as 0.
/// </summary>
internal sealed class HeadPenalty(PrivacySettings settings)
{
    /// <summary>Passes whose means are reported: rows differ much from one another.</summary>
    private const int Shown = 20;

    private readonly Lock _lock = new();
    private readonly List<(float Distance, float Linear)> _first = [];
    private readonly Queue<(float Distance, float Linear)> _last = new();

    /// <exception cref="ConfigurationException">The head has nothing that could learn it.</exception>
    public void Begin(bool trainsHead)
    {
        if (!trainsHead)
        {
            throw new ConfigurationException(
                settings.NoPeek > 0 ? "privacy.no_peek" : "privacy.decorrelation",
                "the head learns to depend less on its tokens, and nothing of it trains; let its blocks train (split.head, peft.lora.layers), or set 0.");
        }
    }

    /// <inheritdoc cref="IBoundaryDefence.Penalty"/>
    public Tensor Gradient(Tensor embeddings, Tensor hidden, BoundaryPass pass)
    {
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        var lengths = pass.Rows!.Lengths;
        var (from, to) = (embeddings.detach().to(float32), hidden.detach().to(float32).requires_grad_());
        var (distance, linear) = (zeros([], device: to.device), zeros([], device: to.device));
        for (var row = 0; row < lengths.Length; row++)
        {
            if (lengths[row] < 2)
                continue;
            var (x, z) = (from.select(0, row).narrow(0, 0, lengths[row]), to.select(0, row).narrow(0, 0, lengths[row]));
            if (settings.NoPeek > 0)
                distance = distance.Plus(RowDependence.Distance(x, z));
            if (settings.Decorrelation > 0)
                linear = linear.Plus(RowDependence.Linear(x, z));
        }

        (distance, linear) = (distance.Over(lengths.Length), linear.Over(lengths.Length));
        Note(distance.item<float>(), linear.item<float>());
        var penalty = distance.Times(settings.NoPeek).Plus(linear.Times(settings.Decorrelation));
        if (!penalty.requires_grad)
            return zeros_like(to).MoveToOuterDisposeScope();
        penalty.backward();
        return to.grad!.MoveToOuterDisposeScope();
    }

    /// <summary>What the first passes had, and the last.</summary>
    public IEnumerable<string> Report()
    {
        var (first, last) = Noted();
        if (first.Length == 0)
            yield break;
        if (settings.NoPeek > 0)
            yield return Line("distance correlation", values => values.Distance);
        if (settings.Decorrelation > 0)
            yield return Line("RV coefficient", values => values.Linear);

        string Line(string name, Func<(float Distance, float Linear), float> of) => string.Create(
            CultureInfo.InvariantCulture, $"{name} of embeddings and h0 {first.Average(of):F3} in the first {first.Length} passes, {last.Average(of):F3} in the last");
    }

    private ((float Distance, float Linear)[] First, (float Distance, float Linear)[] Last) Noted()
    {
        lock (_lock)
            return ([.. _first], [.. _last]);
    }

    private void Note(float distance, float linear)
    {
        lock (_lock)
        {
            if (_first.Count < Shown)
                _first.Add((distance, linear));
            _last.Enqueue((distance, linear));
            if (_last.Count > Shown)
                _last.Dequeue();
        }
    }
}
