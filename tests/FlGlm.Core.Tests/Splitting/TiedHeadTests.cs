using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Splitting;

/// <summary>A tied LM head: one tensor at the client with two uses.</summary>
public sealed class TiedHeadTests
{
    private const string Embedding = "model.embed_tokens.weight";
    private const string LmHead = "lm_head.weight";

    private static readonly PeftSettings Full = new() { Method = PeftMethod.None };

    [Fact]
    public void Its_gradient_is_the_sum_of_both_uses()
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        var tiedDirectory = new TinyLlama { TiedHead = true }.Write(Path.Combine(folder.Path, "tied"));
        using var tied = ThreeStages.Open(tiedDirectory, Full);
        using var untied = ThreeStages.Open(Untie(tiedDirectory, Path.Combine(folder.Path, "untied")), Full);
        var batch = TinyBatch.Create();

        Assert.Equal(DirectSplitStep.Run(untied, batch).Loss, DirectSplitStep.Run(tied, batch).Loss);
        var both = untied.Gradients();
        Tolerance.Relative("tied gradient", 1e-6).Check(both[Embedding] + both[LmHead], tied.Gradients()[Embedding]);
    }

    [Fact]
    public void It_trains_once()
    {
        using var folder = new TempFolder();
        using var stages = ThreeStages.Open(new TinyLlama { TiedHead = true }.Write(folder.Path), Full);

        Assert.Single(stages.Client.Parameters, parameter => parameter.Name == Embedding);
        Assert.DoesNotContain(stages.Client.Parameters, parameter => parameter.Name == LmHead);
    }

    /// <summary>The same model with the LM head as a tensor of its own.</summary>
    private static string Untie(string tied, string directory)
    {
        new TinyLlama().Write(directory);
        var path = Path.Combine(directory, "model.safetensors");
        var tensors = new FixtureFile(Path.Combine(tied, "model.safetensors")).Under("").ToDictionary();
        tensors[LmHead] = tensors[Embedding].clone();
        SafetensorsWriter.Write(path, tensors);
        return directory;
    }
}
