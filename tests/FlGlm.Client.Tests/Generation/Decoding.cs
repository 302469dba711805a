using FlGlm.Client.Generation;

namespace FlGlm.Client.Tests.Generation;

/// <summary>Answers of scripted models.</summary>
internal static class Decoding
{
    public const int Stop = 0;

    public static Task<IReadOnlyList<GeneratedRow>> RunAsync(
        Func<IReadOnlyList<int>, float[]> logits, GenerationSettings settings, IReadOnlyList<int[]> prompts, int maxPositions = 1000, int firstRow = 0) =>
        new TokenGenerator(new ScriptedDecoder(logits), settings, [Stop], maxPositions).GenerateAsync(prompts, firstRow: firstRow);

    /// <summary>The answer to one prompt.</summary>
    public static async Task<GeneratedRow> OfAsync(
        Func<IReadOnlyList<int>, float[]> logits, GenerationSettings settings, int[] prompt, int maxPositions = 1000, int firstRow = 0) =>
        Assert.Single(await RunAsync(logits, settings, [prompt], maxPositions, firstRow));

    /// <summary>A model whose most likely token is the one after the row's last: 1 2 3 ... up to the stop id.</summary>
    public static float[] Counting(IReadOnlyList<int> ids, int vocabulary)
    {
        var logits = new float[vocabulary];
        logits[(ids[^1] + 1) % vocabulary] = 5;
        logits[(ids[^1] + 2) % vocabulary] = 4;
        return logits;
    }
}
