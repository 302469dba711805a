using FlGlm.Client.Data;
using FlGlm.Client.Stages;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Published;

/// <summary>One plain Llama block of another project's fixtures: three tokens and two more on a cache, here in one forward.</summary>
public sealed class BaichuanBlockTests
{
    [SharedFact]
    public void Five_tokens_in_one_forward_equal_the_reference()
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        using var folder = new TempFolder();
        var source = SharedFolder.At("data", "chatglm-fixtures", "llama_baichuan7b");
        File.Copy(source + ".config.json", Path.Combine(folder.Path, "config.json"));
        File.Copy(source + ".safetensors", Path.Combine(folder.Path, "model.safetensors"));
        var file = new FixtureFile(source + ".safetensors");
        using var checkpoint = HfCheckpoint.Open(folder.Path);
        var blueprint = ThreeStages.BlueprintOf(checkpoint, new PeftSettings { Method = PeftMethod.None }, new SplitSettings { Head = 1, Tail = 0 });
        using var head = new HeadStage(blueprint, new StageWeights(checkpoint, blueprint, StageName.Head));
        var norm = blueprint.Family.CreateFinalNorm(new StageWeights(checkpoint, blueprint, StageName.Tail));

        int[] ids = [.. Enumerable.Range(1, 3).SelectMany(step => file[$"input_ids_{step}"].data<int>().ToArray())];
        using var pass = head.Forward(BatchCollator.Collate([new Example(ids, ids)]), PassMode.Evaluate);
        var expected = cat([.. Enumerable.Range(1, 3).Select(step => file[$"last_hidden_state_{step}"])], 1);

        Tolerance.Relative("baichuan block", TestDevice.IsCpu ? 1e-5 : 1e-3).Check(expected, norm.Forward(pass.Output));
    }
}
