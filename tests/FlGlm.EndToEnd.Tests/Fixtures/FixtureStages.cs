using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>Stages that start from the adapters of the fixtures.</summary>
internal static class FixtureStages
{
    /// <summary>The fixtures' cut, { block 0 | .. | block N-1 }; a lone block is the head's.</summary>
    public static SplitSettings Cut(string directory) => new() { Head = 1, Tail = Math.Min(1, Blocks(directory) - 1) };

    /// <summary>N.</summary>
    public static int Blocks(string directory)
    {
        using var checkpoint = HfCheckpoint.Open(directory);
        return ModelFamily.Of(checkpoint).Shape.Blocks;
    }

    public static ThreeStages Base(FixtureModel model, string form = "hf") =>
        ThreeStages.Open(model.Form(form), new PeftSettings { Method = PeftMethod.None }, Cut(model.Form(form)));

    public static ThreeStages Lora(FixtureModel model) =>
        ThreeStages.Open(model.Hf, model.Lora(), Cut(model.Hf)).Import(model.LoraAdapter);

    /// <summary>Every stage with the encoder of its own blocks, cut from the one stored.</summary>
    public static ThreeStages Prefix(FixtureModel model, FixtureFile file)
    {
        using var folder = new TempFolder();
        var stages = ThreeStages.Open(model.Hf, FixtureModel.Prefix(file), Cut(model.Hf));
        AdapterDirectory.Write(folder.Path, PrefixAdapter(stages, file["prefix.embedding.weight"]));
        return stages.Import(folder.Path);
    }

    /// <summary>One encoder over all blocks, centralised: every block lies in the tail.</summary>
    public static ThreeStages ProjectedPrefix(FixtureModel model, FixtureFile file)
    {
        using var folder = new TempFolder();
        var stages = ThreeStages.Open(model.Hf, FixtureModel.ProjectedPrefix(file), new SplitSettings { Head = 0, Tail = Blocks(model.Hf) });
        var encoder = file.Under("prefix.");
        AdapterDirectory.Write(folder.Path, PrefixAdapter(stages, ProjectedPrefixEncoder.Project(name => encoder[name], model.Family.Prefix.Mlp)) with { Encoder = encoder });
        return stages.Import(folder.Path);
    }

    private static Adapter PrefixAdapter(ThreeStages stages, Tensor embeddings)
    {
        var shape = stages.Blueprint.Family.Shape;
        var config = new PrefixAdapterConfig
        {
            VirtualTokens = (int)embeddings.shape[0],
            TokenDim = shape.KeyWidth,
            AttentionHeads = shape.KeyValueHeads,
            Layers = shape.Blocks,
            PrefixProjection = stages.Blueprint.Peft.Prefix.Projection,
        };
        return new Adapter(config, new Dictionary<string, Tensor> { [PrefixAdapterConfig.TensorName] = embeddings });
    }
}
