using FlGlm.Core.Peft;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>The L2 norms of trained tensors.</summary>
internal static class ParameterNorms
{
    /// <summary>One for each tensor that trains, in their order; called on the compute lane. Nothing is changed by it.</summary>
    public static IReadOnlyList<float> Of(IEnumerable<NamedParameter> parameters)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        List<Tensor> norms = [.. parameters.Where(parameter => parameter.Value.requires_grad).Select(parameter => Of(parameter.Value))];
        return norms.Count > 0 ? stack(norms).cpu().data<float>().ToArray() : [];
    }

    /// <summary>A float32 copy of a bfloat16 tensor is freed before the next one is made.</summary>
    private static Tensor Of(Tensor value)
    {
        using var scope = NewDisposeScope();
        return value.to(float32).norm().MoveToOuterDisposeScope();
    }
}
