using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>Hidden states of the untouched model: the head's output for every possible cut.</summary>
internal static class HeadReferences
{
    /// <returns>[B, T, H] for the embedding, then after each block, with the names that the fixtures give them</returns>
    public static IEnumerable<(Tensor Hidden, string Name)> Of(string directory, TrainingBatch batch)
    {
        var blocks = FixtureStages.Blocks(directory);
        for (var head = 0; head <= blocks; head++)
        {
            using var stages = ThreeStages.Open(directory, Frozen(), new SplitSettings { Head = head, Tail = blocks - head });
            using var pass = stages.Client.Head.Forward(batch, PassMode.Evaluate);
            yield return (pass.Output.alias(), head == 0 ? "hidden.embed" : $"hidden.block.{head - 1}");
        }
    }

    /// <summary>Stages whose middle is this one block.</summary>
    public static ThreeStages WithMiddle(string directory, int block) =>
        ThreeStages.Open(directory, Frozen(), new SplitSettings { Head = block, Tail = FixtureStages.Blocks(directory) - block - 1 });

    private static PeftSettings Frozen() => new() { Method = PeftMethod.None };
}
