using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>For every cut of a fixture model, its float32 results equal the whole model's bit for bit.</summary>
public sealed class CutFixtureTests
{
    [FixtureTheory("lora_adapter")]
    [FixtureModels]
    public void Logits_and_LoRA_gradients_do_not_depend_on_the_cut(string name)
    {
        var model = new FixtureModel(name);

        Check(model, model.File("io_lora"), model.Lora(), model.LoraAdapter);
    }

    [FixtureTheory("ptuning")]
    [FixtureModels]
    public void Logits_and_prefix_gradients_do_not_depend_on_the_cut(string name)
    {
        var model = new FixtureModel(name);
        var io = model.File("io_prefix");

        Check(model, io, FixtureModel.Prefix(io), model.PTuning);
    }

    private static void Check(FixtureModel model, FixtureFile io, PeftSettings peft, string adapter)
    {
        using var scope = NewDisposeScope();
        var batch = io.Batch().Batch;
        var blocks = model.Family.Shape.Blocks;
        using var whole = Open(new SplitSettings { Head = 0, Tail = blocks });
        var (logits, loss) = (whole.Logits(batch), DirectSplitStep.Run(whole, batch).Loss);
        for (var head = 1; head < blocks; head++)
        {
            for (var tail = 1; tail <= blocks - head; tail++)
            {
                using var stages = Open(new SplitSettings { Head = head, Tail = tail });

                Bits.Equal(logits, stages.Logits(batch), $"logits, head {head}, tail {tail}");
                Assert.Equal(loss, DirectSplitStep.Run(stages, batch).Loss);
                Bits.Equal(whole.Gradients(), stages.Gradients(), $"head {head}, tail {tail}");
            }
        }

        ThreeStages Open(SplitSettings cut) => ThreeStages.Open(model.Hf, peft, cut).Import(adapter);
    }
}
