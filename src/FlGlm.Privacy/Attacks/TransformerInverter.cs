using FlGlm.Client.Stages;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>The last block of the public model, its final norm and its LM head, all trained: the paper's inverter.</summary>
internal sealed class TransformerInverter : Inverter
{
    private const double InitialDeviation = 0.02;
    private readonly TailStage _tail;
    private readonly Parameter? _tied;
    private readonly Standardised? _input;

    /// <param name="shadow">[N, H]</param>
    public TransformerInverter(PublicModel model, Tensor shadow, AttackSettings settings)
    {
        using var scope = NewDisposeScope();
        var blueprint = model.BlueprintOf(new SplitSettings { Head = 0, Tail = 1 });
        using var embedding = model.ReadEmbedding();
        var isTied = model.Family.Shape.TiedHead;
        _tied = isTied ? SeededValues.Trained(embedding.clone()) : null;
        _tail = new TailStage(blueprint, new StageWeights(model.Checkpoint, blueprint, StageName.Tail), new TokenEmbedding(_tied ?? embedding, padId: null));
        Parameters = [.. _tail.Parameters, .. _tied is null ? Array.Empty<NamedParameter>() : [new NamedParameter(model.Family.EmbeddingName, _tied)]];
        if (settings.Start == InverterStart.Pretrained)
            return;
        _input = new Standardised(shadow);
        using var grad = no_grad();
        foreach (var (name, value) in Parameters)
        {
            if (value.dim() > 1)
                value.copy_(SeededValues.Normal(settings.Seed, name, InitialDeviation, value.shape));
            else
                value.FillInPlace(name.EndsWith("bias", StringComparison.Ordinal) ? 0 : 1);
        }
    }

    public override IReadOnlyList<NamedParameter> Parameters { get; }

    public override Tensor Logits(Tensor hidden, SequenceLayout layout) => _tail.Logits(_input?.Of(hidden) ?? hidden, layout);

    public override void Dispose()
    {
        _tail.Dispose();
        _tied?.Dispose();
        _input?.Dispose();
    }
}
