using FlGlm.Core.Planning;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Splitting;

/// <summary>Every way to train a tiny model, by name, so that theories can list them.</summary>
internal static class Method
{
    public const double Dropout = 0.1;

    private static readonly string[] All =
        ["lora", "lora with dropout", "prefix", "prefix with dropout", "projected prefix", "full", "full with dropout", "full tied"];

    public static TheoryData<string> Names() => [.. All];

    public static TinyLlama Model(string name) => new() { TiedHead = name.EndsWith("tied", StringComparison.Ordinal), AttentionBias = true };

    /// <summary>The stages of one cut; everything that PEFT starts at zero is made to count.</summary>
    public static ThreeStages Open(string name, string directory, SplitSettings cut)
    {
        var dropout = name.EndsWith("dropout", StringComparison.Ordinal) ? Dropout : 0;
        var stages = ThreeStages.Open(directory, Peft(name, dropout), cut, blueprint => blueprint with { AttentionDropout = dropout });
        using var grad = no_grad();
        foreach (var parameter in stages.Parameters.Where(parameter => parameter.Name.EndsWith("lora_B.weight", StringComparison.Ordinal)))
            parameter.Value.fill_(0.05);
        return stages;
    }

    /// <summary>Every cut of a model: head and tail of no block or more, and what is left between them.</summary>
    public static IEnumerable<SplitSettings> Cuts(int blocks) =>
        from head in Enumerable.Range(0, blocks + 1)
        from tail in Enumerable.Range(0, blocks - head + 1)
        select new SplitSettings { Head = head, Tail = tail };

    private static PeftSettings Peft(string name, double dropout) => name.Split(' ')[0] switch
    {
        "lora" => new PeftSettings { Lora = new LoraSettings { Rank = 3, Dropout = dropout, Targets = ["q_proj", "v_proj", "down_proj"] } },
        "prefix" => Prefix(new PrefixSettings { Length = 5, Dropout = dropout }),
        "projected" => Prefix(new PrefixSettings { Length = 5, Projection = true, ProjectionHidden = 12 }),
        _ => new PeftSettings { Method = PeftMethod.None },
    };

    private static PeftSettings Prefix(PrefixSettings prefix) => new() { Method = PeftMethod.PTuningV2, Prefix = prefix };
}
