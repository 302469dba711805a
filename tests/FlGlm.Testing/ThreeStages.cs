using FlGlm.Client.Data;
using FlGlm.Client.Stages;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Testing;

/// <summary>Head, middle and tail of one model in one process.</summary>
public sealed class ThreeStages : IDisposable
{
    /// <param name="checkpoint">needed in the constructor only</param>
    public ThreeStages(HfCheckpoint checkpoint, StageBlueprint blueprint)
    {
        Client = new ClientStages(checkpoint, blueprint);
        Middle = new MiddleStage(checkpoint, blueprint);
        Parameters = [.. Client.Head.Parameters, .. Middle.Parameters, .. Client.Tail.Parameters];
    }

    public ClientStages Client { get; }

    public MiddleStage Middle { get; }

    public StageBlueprint Blueprint => Client.Blueprint;

    /// <summary>The trained parameters, in the model's order.</summary>
    public IReadOnlyList<NamedParameter> Parameters { get; }

    /// <summary>The blocks of head, middle and tail.</summary>
    public IEnumerable<BlockStack> Blocks => [Client.Head.Blocks, Middle.Blocks, Client.Tail.Blocks];

    /// <summary>The stages of a checkpoint directory.</summary>
    /// <param name="change">changes the settings of a float32 run with seed 1</param>
    public static ThreeStages Open(string directory, PeftSettings peft, SplitSettings? split = null, Func<StageBlueprint, StageBlueprint>? change = null)
    {
        using var checkpoint = HfCheckpoint.Open(directory);
        var blueprint = BlueprintOf(checkpoint, peft, split ?? new SplitSettings());
        return new ThreeStages(checkpoint, change is null ? blueprint : change(blueprint));
    }

    /// <summary>Loads an adapter, or the parts of one, into all three stages.</summary>
    /// <returns>these stages</returns>
    public ThreeStages Import(string adapter)
    {
        AdapterImport.Load(adapter, Blueprint, StageName.Head, Client.Head.Parameters);
        AdapterImport.Load(adapter, Blueprint, StageName.Middle, Middle.Parameters);
        AdapterImport.Load(adapter, Blueprint, StageName.Tail, Client.Tail.Parameters);
        return this;
    }

    /// <summary>A float32 run with seed 1 on the tests' device.</summary>
    public static StageBlueprint BlueprintOf(HfCheckpoint checkpoint, PeftSettings peft, SplitSettings split)
    {
        var family = ModelFamily.Of(checkpoint);
        return new StageBlueprint
        {
            Family = family,
            Split = new SplitPlan(family.Shape.Blocks, split),
            Peft = peft.For(family),
            Seed = 1,
            Device = TestDevice.Device,
            Dtype = float32,
        };
    }

    /// <summary>The gradient of every parameter that has one, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Gradients() =>
        Parameters.Where(parameter => parameter.Value.grad is not null).ToDictionary(parameter => parameter.Name, parameter => parameter.Value.grad!);

    public float Loss(TrainingBatch batch)
    {
        using var hidden = TailInput(batch);
        using var tail = Client.Tail.Forward(hidden, batch, PassMode.Evaluate);
        return tail.Output.item<float>();
    }

    /// <returns>[B, T, V] in float32; the caller disposes it</returns>
    public Tensor Logits(TrainingBatch batch)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        return Client.Tail.Logits(TailInput(batch), batch.Layout).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        Client.Dispose();
        Middle.Dispose();
    }

    private Tensor TailInput(TrainingBatch batch)
    {
        using var head = Client.Head.Forward(batch, PassMode.Evaluate);
        using var middle = Middle.Forward(head.Output, batch.Layout, PassMode.Evaluate);
        return middle.Output.alias();
    }
}
