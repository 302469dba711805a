using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>A PEFT adapter, or the part of one that a stage owns.</summary>
/// <param name="Config">The method and the sizes.</param>
/// <param name="Tensors">Its tensors by their names on disk. Their owner is the code that made them, or the dispose scope of the reader.</param>
public sealed record Adapter(AdapterConfig Config, IReadOnlyDictionary<string, Tensor> Tensors)
{
    /// <summary>
    /// The encoder of a projected prefix, for further training: <c>embedding.weight</c>,
    /// <c>transform.0.weight</c>, <c>transform.0.bias</c>, <c>transform.2.weight</c>, <c>transform.2.bias</c> (ChatGLM: <c>trans</c>). PEFT ignores it.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor>? Encoder { get; init; }
}
