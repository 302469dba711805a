using FlGlm.Benchmarks.Measuring;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>What a further client takes at the server of Llama-2-7B in bfloat16, as a share of the middle's weights: computed, not measured.</summary>
internal static class LlamaShare
{
    private const double Hidden = 4096;
    private const double Intermediate = 11008;

    /// <summary>q, k, v, o, and gate, up, down; two norms; two bytes each.</summary>
    private const double BlockBytes = 2 * ((4 * Hidden * Hidden) + (3 * Hidden * Intermediate) + (2 * Hidden));

    /// <param name="bytes">per trained value</param>
    public static IEnumerable<Result> Results(double bytes) =>
    [
        Share("LoRA r 16 on q, k, v, o", 4 * 2 * 16 * Hidden, bytes),
        Share("P-tuning v2, L 128", 2 * 128 * Hidden, bytes),
    ];

    /// <param name="trained">values of a block</param>
    private static Result Share(string name, double trained, double bytes) => new()
    {
        Ratio = "R5 a further client / the middle's weights, Llama-2-7B in bfloat16, computed",
        Case = name,
        Ours = $"{bytes} bytes a value",
        Baseline = $"{trained / 1e6:F2} million values and {BlockBytes / 1e6:F0} MB a block",
        Value = 100 * bytes * trained / BlockBytes,
        Unit = "%",
        Note = "adapters are float32 whatever the dtype of the model: value, gradient and two moments of Adam are 16 bytes",
    };
}
