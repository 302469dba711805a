using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models.ChatGlm;

/// <summary>
/// Two rotary positions per token: the first half of each head turns by the position in the text, the second by the position in the
/// answer; within a half, dimension i turns with i + D/4. The frequencies are rounded to float16, as the published model makes them.
/// </summary>
internal static class ChatGlmRotary
{
    private const float Theta = 10000;

    /// <summary>Angles in float32, then cast: cos and sin [B, 1, T, D].</summary>
    /// <param name="layout">with the rows' contexts</param>
    public static (Tensor Cos, Tensor Sin) Tables(SequenceLayout layout, int headSize, ScalarType dtype, Device device)
    {
        var contexts = layout.Contexts ?? throw new ArgumentException("ChatGLM-6B needs the context of every row.", nameof(layout));
        var tokens = contexts.SelectMany((row, index) => Enumerable.Range(layout.Before(index), layout.Length).Select(token => (row, token))).ToList();
        var text = Angles(tokens.Select(at => at.token < at.row.Length ? at.token : at.row.MaskPosition), contexts.Count, headSize, device);
        var answer = Angles(tokens.Select(at => at.token < at.row.Length ? 0 : at.token - at.row.Length + 1), contexts.Count, headSize, device);
        var angles = cat([text, text, answer, answer], -1).unsqueeze(1);
        return (angles.cos().to(dtype), angles.sin().to(dtype));
    }

    /// <param name="x">[B, A, T, D]</param>
    /// <returns>[B, A, T, D]</returns>
    public static Tensor Turn(Tensor x, Tensor cos, Tensor sin)
    {
        var quarter = x.shape[3] / 4;
        var turned = cat([Quarter(1).neg(), Quarter(0), Quarter(3).neg(), Quarter(2)], 3);
        return (x * cos).Plus(turned * sin);

        Tensor Quarter(int index) => x.narrow(3, index * quarter, quarter);
    }

    /// <returns>[B, T, D / 4]</returns>
    private static Tensor Angles(IEnumerable<int> positions, int rows, int headSize, Device device)
    {
        var half = headSize / 2;
        var exponents = TensorMath.Range(0, half, 2, device).Over(half);
        var inverse = tensor(Theta, device: device).pow(exponents).reciprocal().to(float16).to(float32);
        float[] values = [.. positions.Select(position => (float)position)];
        return outer(tensor(values, device: device), inverse).view(rows, -1, half / 2);
    }
}
