using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>The moments that an optimizer keeps of every parameter, as named tensors.</summary>
internal static class OptimizerMoments
{
    /// <summary>The moments of each parameter, by the names that torch gives them; none where an optimizer keeps none.</summary>
    public static IReadOnlyList<string> Names(OptimizerSettings settings) => settings.Name switch
    {
        OptimizerName.Sgd => Sgd.MomentNames(settings),
        _ => Adam.MomentNames,
    };

    /// <summary>The moments of the parameters that a stage trains, computed from the model's description alone.</summary>
    public static IEnumerable<ParameterSpec> OfStage(StageBlueprint blueprint, StageName stage, OptimizerSettings settings) =>
        from spec in ParameterSpec.OfStage(blueprint, stage)
        where !(blueprint.FreezesLoraA && Lora.IsA(spec.Name))
        from name in Names(settings)
        select new ParameterSpec(NameOf(spec.Name, name), spec.Dims, float32);

    /// <summary>The moments of an optimizer, in its memory; the caller disposes them.</summary>
    /// <param name="parameters">the names of its parameters, in its order</param>
    public static IReadOnlyList<NamedParameter> Open(ParameterOptimizer optimizer, IEnumerable<string> parameters)
    {
        using var frozen = no_grad();
        return
        [
            .. parameters.Zip(optimizer.OpenMoments())
                .SelectMany(pair => pair.Second.Select(moment => new NamedParameter(NameOf(pair.First, moment.Name), new Parameter(moment.Value, requires_grad: false)))),
        ];
    }

    private static string NameOf(string parameter, string moment) => $"{parameter}.{moment}";
}
