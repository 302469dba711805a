using FlGlm.Cli.Inspection;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Inspection;

/// <summary>The exact values of a footprint equal the sizes of real stages.</summary>
public sealed class FootprintTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static readonly TinyModel[] Models =
        [new TinyLlama(), new TinyLlama { TiedHead = true }, new TinyChatGlm { TiedHead = true }, new TinyChatGlm2()];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(PeftMethod.Lora)]
    [InlineData(PeftMethod.PTuningV2)]
    [InlineData(PeftMethod.PTuningV2, true)]
    [InlineData(PeftMethod.None)]
    public void Parameters_that_train_are_counted_before_they_exist(PeftMethod method, bool projection = false) =>
        Assert.All(Models, model => AssertCounts(model, method, projection));

    [Fact]
    public void Ranks_by_pattern_layers_and_modules_that_train_whole_are_counted() => Assert.All(
        Models.Where(model => !model.TiedHead),
        model => AssertCounts(
            model,
            new PeftSettings
            {
                Lora = new LoraSettings
                {
                    Rank = 3,
                    Targets = [.. model.LoraTargets],
                    Layers = [0, 2],
                    RankPattern = new Dictionary<string, int> { [model.LoraTargets[0]] = 5 },
                    ModulesToSave = model.Family.SavableModules,
                },
            }));

    private void AssertCounts(TinyModel model, PeftMethod method, bool projection) => AssertCounts(model, new PeftSettings
    {
        Method = method, Lora = new LoraSettings { Rank = 3, Targets = [.. model.LoraTargets] }, Prefix = new PrefixSettings { Length = 5, Projection = projection },
    });

    private void AssertCounts(TinyModel model, PeftSettings peft)
    {
        using var scope = NewDisposeScope();
        using var checkpoint = HfCheckpoint.Open(model.Write(_folder.At("model")));
        var split = new SplitSettings { Head = 1, Tail = 2 };
        using var stages = new ThreeStages(checkpoint, ThreeStages.BlueprintOf(checkpoint, peft, split));

        var footprint = FootprintBuilder.Build(model.Family, checkpoint.Config, new InspectionSettings { Split = split, Peft = peft, Rows = 1, Length = 8 });

        Assert.Equal(
            new[] { stages.Client.Head.Parameters, stages.Middle.Parameters, stages.Client.Tail.Parameters }.Select(parameters => parameters.Sum(parameter => parameter.Value.numel())),
            footprint.Parts.Select(part => part.TrainedParameters));
        Assert.Equal(model.Family.Tensors.Sum(tensor => tensor.Count), footprint.Parameters);
        Assert.Equal(model.TiedHead, footprint.Shared is not null);
    }
}
