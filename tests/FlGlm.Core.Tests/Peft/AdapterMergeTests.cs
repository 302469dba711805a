using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Tests.Checkpoints;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Peft;

public sealed class AdapterMergeTests
{
    private static readonly AdapterPart Head = new(0, 0, Adapters.Blocks);
    private static readonly AdapterPart Middle = new(1, 2, Adapters.Blocks);
    private static readonly AdapterPart Tail = new(3, 3, Adapters.Blocks);

    [Fact]
    public void Lora_parts_join_into_the_whole()
    {
        var joined = AdapterMerge.Join([Adapters.Lora(Tail, 3), Adapters.Lora(Head, 0), Adapters.Lora(Middle, 1, 2)]);

        AssertSame(Adapters.Lora(part: null, 0, 1, 2, 3), joined);
    }

    [Fact]
    public void Prefix_parts_join_into_the_whole()
    {
        var joined = AdapterMerge.Join([Adapters.Prefix(Middle), Adapters.Prefix(Tail), Adapters.Prefix(Head)]);

        AssertSame(Adapters.Prefix(part: null), joined);
    }

    [Fact]
    public void Joined_adapter_is_a_PEFT_directory_without_traces_of_the_parts()
    {
        using var folder = new TempFolder();
        var target = folder.At("adapter");
        AdapterDirectory.Write(target, AdapterMerge.Join([Adapters.Prefix(Head), Adapters.Prefix(Middle), Adapters.Prefix(Tail)]));

        AssertSame(Adapters.Prefix(part: null), AdapterDirectory.Read(target));
        Assert.DoesNotContain("flglm", File.ReadAllText(Path.Combine(target, "adapter_config.json")));
        Assert.Equal(
            ["adapter_config.json", "adapter_model.safetensors"], Directory.GetFiles(target).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Sides_may_keep_the_base_model_in_different_places()
    {
        var head = Adapters.Lora(new AdapterPart(0, 1, Adapters.Blocks), 0, 1);
        var rest = Adapters.Lora(new AdapterPart(2, 3, Adapters.Blocks), 2, 3);

        var joined = AdapterMerge.Join([head, rest with { Config = rest.Config with { BaseModel = "elsewhere" } }]);

        Assert.Equal("../hf", joined.Config.BaseModel);
    }

    [Fact]
    public void Missing_blocks_are_named()
    {
        AssertRefused("blocks 0..0 are missing", Adapters.Prefix(Middle), Adapters.Prefix(Tail));
        AssertRefused("blocks 1..2 are missing", Adapters.Prefix(Head), Adapters.Prefix(Tail));
        AssertRefused("blocks 3..3 are missing", Adapters.Lora(Head, 0), Adapters.Lora(Middle, 1, 2));
    }

    [Fact]
    public void Blocks_that_are_there_twice_are_named() => AssertRefused(
        "blocks 2..2 are there twice", Adapters.Prefix(Head), Adapters.Prefix(Middle), Adapters.Prefix(new AdapterPart(2, 3, Adapters.Blocks)));

    [Fact]
    public void Key_that_is_there_twice_is_named() => AssertRefused(
        "layers.0.self_attn.q_proj.lora_A.weight' is there twice",
        Adapters.Lora(Head, 0),
        Adapters.Lora(new AdapterPart(1, 3, Adapters.Blocks), 0, 1, 2, 3));

    [Fact]
    public void Different_settings_are_named_with_both_values()
    {
        var head = Adapters.Lora(Head, 0);
        var other = head with { Config = (LoraAdapterConfig)head.Config with { Rank = 8, Part = new AdapterPart(1, 3, Adapters.Blocks) } };
        AssertRefused("'r' is 2 for blocks 0..0 of 4 and 8 for blocks 1..3 of 4", head, other);
        AssertRefused("'peft_type' is \"LORA\" for blocks 0..0 of 4", head, Adapters.Prefix(new AdapterPart(1, 3, Adapters.Blocks)));
    }

    [Fact]
    public void Only_parts_of_one_model_can_be_joined()
    {
        AssertRefused("there are none");
        AssertRefused("whole adapter", Adapters.Lora(Head, 0), Adapters.Lora(part: null, 1, 2, 3));
        AssertRefused("4 and 8 blocks", Adapters.Lora(Head, 0), Adapters.Lora(new AdapterPart(1, 7, 8), 1));
    }

    private static void AssertRefused(string why, params Adapter[] parts) =>
        Assert.Contains(why, Assert.Throws<CheckpointException>(() => AdapterMerge.Join(parts)).Message);

    private static void AssertSame(Adapter expected, Adapter actual)
    {
        Assert.Equivalent(expected.Config, actual.Config, strict: true);
        Assert.Equal(Show(expected.Tensors), Show(actual.Tensors));
    }

    private static SortedDictionary<string, string> Show(IReadOnlyDictionary<string, Tensor> tensors) =>
        new(tensors.ToDictionary(pair => pair.Key, pair => Sample.Show(pair.Value)), StringComparer.Ordinal);
}
