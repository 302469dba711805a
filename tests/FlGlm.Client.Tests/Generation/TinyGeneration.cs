using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Generation;

/// <summary>A tiny model with three prompts of different lengths.</summary>
internal sealed record TinyGeneration(TinyModel Model)
{
    /// <summary>As this family's prompts end: where the answer begins.</summary>
    public IReadOnlyList<int[]> Prompts { get; } = [.. new int[][] { [3, 4, 5, 6, 7], [9, 8], [4, 4, 4, 10, 11, 12, 13, 3] }.Select(text => Ending(Model, text))];

    /// <param name="family"><c>llama</c>, <c>chatglm</c> or <c>chatglm2</c></param>
    public static TinyGeneration Of(string family) => new(family switch
    {
        "chatglm" => new TinyChatGlm { Hidden = 16, Vocabulary = 32, TiedHead = true },
        "chatglm2" => new TinyChatGlm2 { Hidden = 16, Vocabulary = 32 },
        _ => new TinyLlama { Hidden = 16, Vocabulary = 32 },
    });

    public ThreeStages Open(PeftMethod method)
    {
        using var folder = new TempFolder();
        return ThreeStages.Open(Model.Write(folder.At("model")), new PeftSettings { Method = method, Prefix = new PrefixSettings { Length = 3 } });
    }

    private static int[] Ending(TinyModel model, int[] text) => model.Family.Marks is { } marks ? [.. text, marks.GMask, marks.Start] : text;
}
