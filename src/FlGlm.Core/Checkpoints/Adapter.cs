using static TorchSharp.torch;

namespace FlGlm.Core.Checkpoints;

/// <summary>A PEFT adapter, or the part of one that a stage owns.</summary>
/// <param name="Config">What kind it is, and its sizes.</param>
/// <param name="Tensors">Its tensors by their names on disk. They belong to whoever made them, or to the dispose scope of the reader.</param>
public sealed record Adapter(AdapterConfig Config, IReadOnlyDictionary<string, Tensor> Tensors)
{
    /// <summary>
    /// The encoder that a projected prefix is trained through, to go on training with: <c>embedding.weight</c>,
    /// <c>transform.0.weight</c>, <c>transform.0.bias</c>, <c>transform.2.weight</c>, <c>transform.2.bias</c> (ChatGLM: <c>trans</c>). PEFT does not know it.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor>? Encoder { get; init; }
}
