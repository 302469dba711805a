using FlGlm.Core.Checkpoints;
using FlGlm.Privacy.Metrics;
using FlGlm.Privacy.Tap;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>
/// Which tokens occur in a client's rows, read from the embedding that travels at an average (full fine-tuning, or <c>modules_to_save</c>): only the rows
/// of tokens that occur change, unless the LM head is the same tensor or weights decay.
/// </summary>
/// <param name="Area">of how far each token's row has moved</param>
/// <param name="Changed">tokens whose row has moved at all</param>
/// <param name="Found">share of the tokens that occur among them</param>
/// <param name="Correct">share of them that occur</param>
public sealed record EmbeddingChange(double Area, int Changed, double Found, double Correct)
{
    /// <summary>Compares what a client sent with what it started from.</summary>
    /// <param name="occurring">the tokens of the client's rows so far</param>
    /// <returns>null where no embedding travelled</returns>
    public static EmbeddingChange? Measure(PublicModel model, RecordedAdapter sent, IReadOnlySet<long> occurring)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sent);
        ArgumentNullException.ThrowIfNull(occurring);
        using var file = TensorFile.Open(sent.File);
        if (!file.Tensors.ContainsKey(model.Family.EmbeddingName))
            return null;
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var moved = (file.Read(model.Family.EmbeddingName).to(float32) - model.ReadEmbedding()).norm(1).data<float>().ToArray();
        var changed = moved.Count(distance => distance > 0);
        var both = Enumerable.Range(0, moved.Length).Count(token => moved[token] > 0 && occurring.Contains(token));
        return new EmbeddingChange(
            RocArea.Of(moved.Select((distance, token) => ((double)distance, occurring.Contains(token)))), changed, both / (double)occurring.Count, both / (double)changed);
    }
}
