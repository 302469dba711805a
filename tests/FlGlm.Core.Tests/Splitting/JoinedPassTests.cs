using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Splitting;

/// <summary>The rows of several clients in one pass of the middle, compared with a pass for each.</summary>
public sealed class JoinedPassTests
{
    private static readonly double[] Weights = [0.5, 0.2, 0.3];

    [Theory]
    [InlineData("llama", PeftMethod.Lora)]
    [InlineData("llama", PeftMethod.PTuningV2)]
    [InlineData("llama", PeftMethod.None)]
    [InlineData("chatglm", PeftMethod.Lora)]
    [InlineData("chatglm", PeftMethod.PTuningV2)]
    [InlineData("chatglm2", PeftMethod.Lora)]
    [InlineData("chatglm2", PeftMethod.PTuningV2)]
    public void Values_and_weighted_gradients_are_those_of_a_pass_for_each_with_its_own_dropout(string family, PeftMethod method)
    {
        using var folder = new TempFolder();
        TinyModel model = family switch { "chatglm" => new TinyChatGlm(), "chatglm2" => new TinyChatGlm2(), _ => new TinyLlama() };
        model.Write(folder.Path);
        using var joined = Open(folder.Path, method, family);
        using var apart = Open(folder.Path, method, family);
        using var scope = NewDisposeScope();
        SequenceLayout[] layouts = [Layout(joined, 7, 9, 4), Layout(joined, 5), Layout(joined, 6, 6)];
        List<(Tensor Hidden, Tensor Gradient)> rows = [.. layouts.Select((layout, seed) => (Rows(layout, model.Hidden, seed), Rows(layout, model.Hidden, seed + 10)))];

        using var all = joined.Middle.Forward([.. layouts.Select((layout, index) => (index + 1, layout, rows[index].Hidden))]);
        var backs = all.Backward([.. rows.Select(row => row.Gradient)], Weights);

        foreach (var (index, layout) in layouts.Index())
        {
            using var alone = apart.Middle.Forward(rows[index].Hidden, layout, PassMode.Train, seat: index + 1);
            Close(layout, alone.Output, all.OutputOf(index));
            using var weighted = rows[index].Gradient * Weights[index];
            Close(layout, alone.Backward(weighted)! / Weights[index], backs[index]);
        }

        Assert.NotEmpty(joined.Middle.Parameters);
        foreach (var (one, other) in apart.Middle.Parameters.Zip(joined.Middle.Parameters))
            Close(one.Value.grad!, other.Value.grad!);
    }

    private static ThreeStages Open(string directory, PeftMethod method, string family)
    {
        var peft = new PeftSettings
        {
            Method = method,
            Lora = new LoraSettings { Rank = 2, Dropout = 0.2 },
            Prefix = new PrefixSettings { Length = 3, Dropout = 0.2, Projection = family == "chatglm2" },
        };
        var stages = ThreeStages.Open(directory, peft, change: blueprint => blueprint with { AttentionDropout = 0.2 });
        using var frozen = no_grad();
        foreach (var (seed, parameter) in stages.Middle.Parameters.Index().Where(parameter => parameter.Item.Name.Contains(".lora_B.", StringComparison.Ordinal)))
        {
            using var generator = new Generator((ulong)seed);
            generator.manual_seed(seed);
            parameter.Value.normal_(0, 0.1, generator);  // at 0 the other factor has no gradient
        }

        return stages;
    }

    private static SequenceLayout Layout(ThreeStages stages, params int[] lengths) => new(lengths)
    {
        Contexts = stages.Blueprint.Family.Marks is null ? null : [.. lengths.Select(length => new RowContext(length / 2, (length / 2) - 1))],
    };

    private static Tensor Rows(SequenceLayout layout, int hidden, int seed)
    {
        using var generator = new Generator((ulong)seed);
        generator.manual_seed(seed);
        var rows = randn(layout.Rows, layout.Length, hidden, generator: generator);
        foreach (var (row, length) in layout.Lengths.Index())
            rows[row].narrow(0, length, layout.Length - length).zero_();
        return rows;
    }

    /// <summary>On the real tokens.</summary>
    private static void Close(SequenceLayout layout, Tensor expected, Tensor actual)
    {
        foreach (var (row, length) in layout.Lengths.Index())
            Close(expected[row].narrow(0, 0, length), actual[row].narrow(0, 0, length));
    }

    private static void Close(Tensor expected, Tensor actual) =>
        Assert.InRange(((expected - actual).norm() / expected.norm()).item<float>(), 0, 1e-5f);
}
