using FlGlm.Client.Data;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Client.Defences;

/// <summary>
/// Changes what leaves the client, so that the server learns less. Every forward and gradient of training, validation and generation goes through it,
/// on the compute lane; where nothing is to be changed, the tensor that was given comes back.
/// </summary>
/// <remarks>
/// The adapters of head and tail travel at an average, and all that leaves is computed with them. <see cref="RowGradientClip"/> and
/// <see cref="AdapterGradients"/> alone change what they learn of a row.
/// </remarks>
public interface IBoundaryDefence
{
    /// <summary>Whether a row's loss is the mean over its own targets, divided by the rows of the step, so that its gradient depends on no other row.</summary>
    bool UsesRowMeans { get; }

    /// <summary>
    /// L2 norm that each row's gradient of all that head and tail train is clipped to, before the rows are added up; null = rows are computed
    /// together. A row's loss must then be its own mean (<see cref="UsesRowMeans"/>).
    /// </summary>
    double? RowGradientClip { get; }

    /// <summary>The seed of the order of the data; null = that of the plan, which the server knows.</summary>
    long? OrderSeed { get; }

    /// <summary>What must be the same where a run goes on: keys and values, of which <c>privacy.budget</c> may grow.</summary>
    IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>Called before the first pass of a run.</summary>
    /// <param name="trainsHead">whether the head has parameters that train</param>
    /// <param name="trainsTail">whether the tail has</param>
    /// <param name="trainsEmbedding">whether the token embedding trains</param>
    /// <exception cref="Core.Configuration.ConfigurationException">What is asked for cannot be had in this run.</exception>
    void Begin(bool trainsHead, bool trainsTail, bool trainsEmbedding);

    /// <summary>Called after <see cref="Begin"/> where each step has a sample of the rows (<see cref="Data.DataSampler.Subsample"/>).</summary>
    void BeginSamples(RowSampling sampling);

    /// <summary>The random numbers from which a step's sample is drawn: each call gives a whole number from 0 up to, not including, its argument.</summary>
    /// <param name="step">counted from 1; the same step has the same numbers</param>
    /// <returns>null = those of the plan's seed, which the server knows</returns>
    Func<int, int>? RowDraws(long step, RowSampling sampling);

    /// <summary>Called before a training step, of which nothing has left yet.</summary>
    /// <param name="pass">with all rows of the step</param>
    /// <exception cref="BudgetException">The step must not be taken; what is trained is saved, and the run ends.</exception>
    void BeginStep(BoundaryPass pass);

    /// <summary>The rows that the head reads instead of these, with their labels: called before anything else that is asked of a pass, on the compute lane.</summary>
    /// <param name="rows">of a training step, a validation, or of answers</param>
    /// <param name="embedding">of the model</param>
    TrainingBatch Tokens(TrainingBatch rows, TokenEmbedding embedding);

    /// <summary>What leaves instead of h0; the head's gradient goes through it.</summary>
    /// <param name="hidden">[B, T, H], inside the caller's dispose scope</param>
    Tensor Hidden(Tensor hidden, BoundaryPass pass);

    /// <summary>What leaves instead of dL/dhN-2.</summary>
    /// <param name="gradient">[B, T, H]</param>
    Tensor UpwardGradient(Tensor gradient, BoundaryPass pass);

    /// <summary>What the head's backward starts from instead of dL/dh0.</summary>
    /// <param name="gradient">[B, T, H], as it has come from the server</param>
    Tensor HomewardGradient(Tensor gradient, BoundaryPass pass);

    /// <summary>Changes what head and tail train with; called once in a step, where rows have a <see cref="RowGradientClip"/>.</summary>
    /// <param name="sums">of each parameter that trains, in float32: the sum of all rows' clipped gradients, changed in place. The trainer divides it by the rows of the step</param>
    /// <param name="pass">with all rows of the step</param>
    void AdapterGradients(IReadOnlyList<Tensor> sums, BoundaryPass pass);

    /// <summary>The gradient at h0 of what the head learns beside its task; it is added to what <see cref="HomewardGradient"/> gives.</summary>
    /// <param name="embeddings">[B, T, H] the head's input, without a graph</param>
    /// <param name="hidden">[B, T, H] what has left of h0, without a graph</param>
    /// <returns>[B, T, H] of the mean over the pass's rows, inside the caller's dispose scope; null = nothing is added</returns>
    Tensor? Penalty(Tensor embeddings, Tensor hidden, BoundaryPass pass);

    /// <summary>What has left so far has cost the most-used row this epsilon.</summary>
    /// <returns>null where none can be stated</returns>
    double? Epsilon();

    /// <summary>One line about what has left so far, for the end of a run; empty = nothing is to be said.</summary>
    string Report();
}
