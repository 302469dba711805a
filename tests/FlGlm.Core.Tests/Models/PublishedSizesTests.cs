using System.Text.Json;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Core.Tests.Models;

/// <summary>The parts of the published models, counted from their configurations alone.</summary>
public sealed class PublishedSizesTests
{
    private const string ChatGlm =
        """{"model_type": "chatglm", "num_layers": 28, "hidden_size": 4096, "num_attention_heads": 32, "inner_hidden_size": 16384, "vocab_size": 130528}""";

    private const string ChatGlm3 =
        """
        {"model_type": "chatglm", "num_layers": 28, "hidden_size": 4096, "num_attention_heads": 32, "ffn_hidden_size": 13696, "kv_channels": 128,
         "multi_query_group_num": 2, "padded_vocab_size": 65024, "add_qkv_bias": true, "seq_length": 8192, "quantization_bit": 0}
        """;

    [Fact]
    public void ChatGLM_6B_has_6_173_billion_parameters_of_which_the_server_holds_5_236()
    {
        var family = Of(ChatGlm);

        Assert.Equal((736_022_528, 5_235_875_840, 201_388_032), Parts(family));
        Assert.Equal(736_030_720, Parts(family).Tail + family.Tensors.Single(tensor => tensor.Part == ModelPart.Embedding).Count);
    }

    [Fact]
    public void ChatGLM3_6B_has_6_244_billion_parameters()
    {
        var (head, middle, tail) = Parts(Of(ChatGlm3));

        Assert.Equal(6_243_584_000, head + middle + tail);
    }

    private static ModelFamily Of(string config) => ModelFamily.FromConfig(JsonDocument.Parse(config).RootElement, "config.json");

    private static (long Head, long Middle, long Tail) Parts(ModelFamily family)
    {
        var plan = new SplitPlan(family.Shape.Blocks, new SplitSettings());
        return (Count(StageName.Head), Count(StageName.Middle), Count(StageName.Tail));

        long Count(StageName stage) => family.Tensors.Where(tensor => plan.Owner(tensor) == stage).Sum(tensor => tensor.Count);
    }
}
