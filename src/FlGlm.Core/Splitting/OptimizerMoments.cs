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
        OptimizerName.Sgd => settings.Momentum > 0 ? ["momentum_buffer"] : [],
        _ => ["exp_avg", "exp_avg_sq"],
    };

    /// <summary>The moments of the parameters that a stage trains, computed from the model's description alone.</summary>
    public static IEnumerable<ParameterSpec> OfStage(StageBlueprint blueprint, StageName stage, OptimizerSettings settings) =>
        from spec in ParameterSpec.OfStage(blueprint, stage)
        where !(blueprint.FreezesLoraA && Lora.IsA(spec.Name))
        from name in Names(settings)
        select new ParameterSpec(NameOf(spec.Name, name), spec.Dims, float32);

    /// <summary>The moments of an optimizer, in its memory; the caller disposes them.</summary>
    /// <param name="parameters">the names of its parameters, in its order</param>
    public static IReadOnlyList<NamedParameter> Open(OptimizerHelper optimizer, OptimizerSettings settings, IEnumerable<string> parameters)
    {
        using var frozen = no_grad();
        var names = Names(settings);
        return
        [
            .. parameters.Zip(optimizer.state_dict().State)
                .SelectMany(pair => names.Zip(Tensors(pair.Second), (name, moment) => new NamedParameter(NameOf(pair.First, name), new Parameter(moment.alias(), requires_grad: false)))),
        ];
    }

    /// <summary>Steps since the moments began; of SGD with momentum 1 or 0: whether they have begun.</summary>
    public static long Steps(OptimizerHelper optimizer) => optimizer.state_dict().State.Select(state => state switch
    {
        Adam.State adam => adam.step,
        AdamW.State adam => adam.step,
        SGD.State { momentum_buffer: not null } => 1,
        _ => 0,
    }).DefaultIfEmpty().Max();

    /// <summary>Sets what <see cref="Steps"/> gives, and makes the moments that the first step makes.</summary>
    /// <param name="parameters">of the optimizer, in its order</param>
    public static void SetSteps(OptimizerHelper optimizer, IReadOnlyList<Parameter> parameters, OptimizerSettings settings, long steps)
    {
        foreach (var (state, parameter) in optimizer.state_dict().State.Zip(parameters))
        {
            if (state is Adam.State adam)
                adam.step = steps;
            else if (state is AdamW.State adamW)
                adamW.step = steps;
            else if (state is SGD.State sgd && steps > 0 && settings.Momentum > 0)
                sgd.momentum_buffer = zeros_like(parameter).DetachFromDisposeScope();
        }
    }

    private static string NameOf(string parameter, string moment) => $"{parameter}.{moment}";

    private static IEnumerable<Tensor> Tensors(OptimizerState state) => state switch
    {
        Adam.State adam => [adam.exp_avg, adam.exp_avg_sq],
        AdamW.State adam => [adam.exp_avg, adam.exp_avg_sq],
        SGD.State sgd => sgd.momentum_buffer is { } buffer ? [buffer] : [],
        _ => throw new InvalidOperationException($"The moments of {state.GetType()} are unknown."),
    };
}
