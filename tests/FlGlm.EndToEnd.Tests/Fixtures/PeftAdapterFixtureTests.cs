using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>Adapters as PEFT stores them, with its expressions, patterns, layers and whole modules, against a reference in plain Python.</summary>
public sealed class PeftAdapterFixtureTests
{
    private const string Kind = "peft adapter";

    private static readonly string Folder = RepositoryFolder.At("tests", "Fixtures", "peft_adapters");
    private static readonly string Base = RepositoryFolder.At("tests", "Fixtures", "llama2_gqa", "hf");

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Fact]
    public void There_are_cases() => Assert.Equal(["all_linear", "layers", "patterns", "saved"], Cases.Select(row => row.Data));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_loaded_adapter_gives_the_reference_logits(string name)
    {
        using var scope = NewDisposeScope();
        var io = Io(name);
        var batch = io.Batch();
        using var stages = Open(name, new SplitSettings());

        SplitReference.Check(FixtureTolerance.Logits(Kind), io, batch, "logits", stages.Logits(batch.Batch));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_training_step_gives_the_reference_loss_and_gradients_at_every_cut(string name)
    {
        using var scope = NewDisposeScope();
        var io = Io(name);
        foreach (var cut in new SplitSettings[] { new(), new() { Head = 0, Tail = 4 }, new() { Head = 2, Tail = 2 }, new() { Head = 0, Tail = 0 } })
        {
            using var stages = Open(name, cut);

            var step = DirectSplitStep.Run(stages, io.Batch().Batch);

            FixtureTolerance.Loss(Kind).Check(io.Number("loss"), step.Loss);
            SplitReference.CheckGradients(Kind, io.Under("grad."), stages.Gradients());
            Assert.Equal(io.Under("grad.").Count, stages.Gradients().Count);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_base_merged_with_an_adapter_gives_the_reference_logits(string name)
    {
        using var folder = new TempFolder();
        using var scope = NewDisposeScope();
        var io = Io(name);
        var batch = io.Batch();

        BaseMerge.Write([Adapter(name)], Base, folder.At("merged"));

        using var stages = ThreeStages.Open(folder.At("merged"), new PeftSettings { Method = PeftMethod.None });
        SplitReference.Check(FixtureTolerance.Logits(Kind + " merged"), io, batch, "logits", stages.Logits(batch.Batch));
    }

    private static string Adapter(string name) => Path.Combine(Folder, name, "adapter");

    private static FixtureFile Io(string name) => new(Path.Combine(Folder, name, "io.safetensors"));

    private static ThreeStages Open(string name, SplitSettings cut) => ThreeStages.Open(Base, FixtureModel.LoraOf(Adapter(name)), cut).Import(Adapter(name));
}
