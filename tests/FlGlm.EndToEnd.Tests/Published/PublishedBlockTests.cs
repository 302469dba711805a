using FlGlm.Client.Data;
using FlGlm.Client.Stages;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Published;

/// <summary>One block of each family from another project's fixtures: three tokens, then two more on the cache of those before.</summary>
public sealed class PublishedBlockTests
{
    /// <summary>Of the context, two tokens, the second is the mask.</summary>
    private static readonly RowContext[] Context = [new(2, 1)];

    [SharedTheory]
    [InlineData("llama_baichuan7b", 0)]
    [InlineData("chatglm1", 0)]
    [InlineData("chatglm1_ptuning_v2", 5)]
    [InlineData("chatglm3", 0)]
    public void Three_tokens_and_two_on_the_cache_equal_the_reference(string name, int prefixLength)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        using var folder = new TempFolder();
        var source = SharedFolder.At("data", "chatglm-fixtures", name);
        File.Copy(source + ".config.json", folder.At("config.json"));
        File.Copy(source + ".safetensors", folder.At("model.safetensors"));
        var file = new FixtureFile(source + ".safetensors");
        using var checkpoint = HfCheckpoint.Open(folder.Path);
        var peft = prefixLength == 0
            ? new PeftSettings { Method = PeftMethod.None }
            : new PeftSettings { Method = PeftMethod.PTuningV2, Prefix = new PrefixSettings { Length = prefixLength } };
        var blueprint = ThreeStages.BlueprintOf(checkpoint, peft, new SplitSettings { Head = 1, Tail = 0 });
        using var head = new HeadStage(blueprint, new StageWeights(checkpoint, blueprint, StageName.Head));
        var norm = blueprint.Family.CreateFinalNorm(new StageWeights(checkpoint, blueprint, StageName.Tail));
        if (prefixLength > 0)
            head.Blocks.AdapterParameters.Single().Value.copy_(file["past_key_values"].permute(2, 0, 1, 3).reshape(prefixLength, -1));

        int[][] ids = [.. Enumerable.Range(1, 3).Select(step => file[$"input_ids_{step}"].data<int>().ToArray())];
        Tensor[] expected = [.. Enumerable.Range(1, 3).Select(step => file[$"last_hidden_state_{step}"])];
        var tolerance = Tolerance.Relative(name, TestDevice.IsCpu ? 1e-5 : 1e-3);

        int[] whole = [.. ids.SelectMany(step => step)];
        using var pass = head.Forward(Batch(whole), PassMode.Evaluate);
        tolerance.Check(cat(expected, 1), norm.Forward(pass.Output), "in one forward");

        using var cache = new KeyValueCache();
        var layout = Batch(ids[0]).Layout;
        foreach (var (step, tokens) in ids.Index())
        {
            layout = step == 0 ? layout : layout.Next([0]);
            tolerance.Check(expected[step], norm.Forward(head.Forward([.. tokens], layout, cache)), $"step {step + 1}");
        }

        TrainingBatch Batch(int[] row) => BatchCollator.Collate([new Example(row, row)]) with { Contexts = blueprint.Family.Marks is null ? null : Context };
    }
}
