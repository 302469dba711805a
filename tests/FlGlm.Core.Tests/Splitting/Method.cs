using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Splitting;

/// <summary>Every way to train a tiny model, by name, so that theories can list them.</summary>
internal static class Method
{
    public const double Dropout = 0.1;

    private static readonly LoraSettings Patterned = new()
    {
        Rank = 3,
        Rslora = true,
        Targets = NamesOrText.OfText(@".*\.(self_attn\.[qo]|mlp\.\w+)_proj"),
        RankPattern = new Dictionary<string, int> { [@"0\.self_attn\.q_proj"] = 2, ["q_proj"] = 5 },
        AlphaPattern = new Dictionary<string, double> { ["down_proj"] = 2.5 },
    };

    private static readonly string[] All =
    [
        "lora", "lora with dropout", "patterned with dropout", "layered", "saved with dropout", "saved of chatglm2", "saved of chatglm", "prefix", "prefix with dropout", "projected prefix", "full", "full with dropout", "full tied",
        "lora with dropout of chatglm", "prefix with dropout of chatglm", "projected prefix of chatglm", "full of chatglm", "full tied of chatglm",
        "lora with dropout of chatglm2", "prefix with dropout of chatglm2", "projected prefix of chatglm2", "full of chatglm2",
    ];

    public static TheoryData<string> Names() => [.. All];

    public static TinyModel Model(string name)
    {
        TinyModel model = name.Split(" of ") switch
        {
            [_, "chatglm"] => new TinyChatGlm(),
            [_, "chatglm2"] => new TinyChatGlm2(),
            _ => new TinyLlama { AttentionBias = true },
        };
        return model with { TiedHead = name.Contains("tied", StringComparison.Ordinal) };
    }

    public static TrainingBatch Batch(string name, int length = 10, int seed = 1) =>
        TinyBatch.Create(length: length, seed: seed, marks: Model(name).Family.Marks);

    /// <summary>The stages of one cut; parameters that PEFT initialises with zero get other values, so that they affect the result.</summary>
    public static ThreeStages Open(string name, string directory, SplitSettings cut)
    {
        var dropout = name.Contains("dropout", StringComparison.Ordinal) ? Dropout : 0;
        var stages = ThreeStages.Open(directory, Peft(name, dropout), cut, blueprint => blueprint with { AttentionDropout = dropout });
        using var grad = no_grad();
        foreach (var parameter in stages.Parameters.Where(parameter => parameter.Name.EndsWith("lora_B.weight", StringComparison.Ordinal)))
            parameter.Value.fill_(0.05);
        return stages;
    }

    /// <summary>Every cut of a model: head and tail of zero or more blocks, and the rest between them.</summary>
    public static IEnumerable<SplitSettings> Cuts(int blocks) =>
        from head in Enumerable.Range(0, blocks + 1)
        from tail in Enumerable.Range(0, blocks - head + 1)
        select new SplitSettings { Head = head, Tail = tail };

    private static PeftSettings Peft(string name, double dropout) => name.Split(' ')[0] switch
    {
        "lora" => new PeftSettings { Lora = new LoraSettings { Rank = 3, Dropout = dropout, Targets = [.. Model(name).LoraTargets] } },
        "patterned" => new PeftSettings { Lora = Patterned with { Dropout = dropout } },
        "layered" => new PeftSettings { Lora = new LoraSettings { Rank = 3, Targets = ["q_proj", "down_proj"], Layers = [1, 3], Init = LoraInit.Gaussian } },
        "saved" => new PeftSettings { Lora = new LoraSettings { Rank = 3, Dropout = dropout, ModulesToSave = Model(name).Family.SavableModules } },
        "prefix" => Prefix(new PrefixSettings { Length = 5, Dropout = dropout }),
        "projected" => Prefix(new PrefixSettings { Length = 5, Projection = true, ProjectionHidden = 12 }),
        _ => new PeftSettings { Method = PeftMethod.None },
    };

    private static PeftSettings Prefix(PrefixSettings prefix) => new() { Method = PeftMethod.PTuningV2, Prefix = prefix };
}
