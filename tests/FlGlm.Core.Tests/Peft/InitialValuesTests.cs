using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Peft;

/// <summary>Initial values depend only on the seed and the tensors' names, with PEFT's distributions.</summary>
public sealed class InitialValuesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _model;

    public InitialValuesTests() => _model = new TinyLlama().Write(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(PeftMethod.Lora)]
    [InlineData(PeftMethod.PTuningV2)]
    public void Start_does_not_depend_on_the_cut(PeftMethod method)
    {
        using var scope = NewDisposeScope();
        var peft = new PeftSettings { Method = method };
        using var paper = ThreeStages.Open(_model, peft);
        using var other = ThreeStages.Open(_model, peft, new SplitSettings { Head = 0, Tail = 3 });
        using var reseeded = ThreeStages.Open(_model, peft, change: blueprint => blueprint with { Seed = 2 });

        Bits.Equal(paper.Parameters, other.Parameters, "another cut");
        Assert.NotEqual(Values(paper.Parameters[0]), Values(reseeded.Parameters[0]));
    }

    [Fact]
    public void Lora_starts_as_the_base_model_with_A_within_its_bound()
    {
        using var scope = NewDisposeScope();
        using var stages = ThreeStages.Open(_model, new PeftSettings());
        using var untouched = ThreeStages.Open(_model, new PeftSettings { Method = PeftMethod.None });
        var batch = TinyBatch.Create();
        var bound = 1 / MathF.Sqrt(32);

        Assert.Equal(untouched.Loss(batch), stages.Loss(batch));
        Assert.All(stages.Parameters.Where(p => p.Name.Contains("lora_B")), p => Assert.All(Values(p), value => Assert.Equal(0, value)));
        Assert.All(stages.Parameters.Where(p => p.Name.Contains("lora_A")), p => Assert.InRange(Values(p).Max(MathF.Abs), 0.8f * bound, bound));
    }

    [Fact]
    public void Gaussian_A_has_the_deviation_of_its_own_rank_and_B_is_zero()
    {
        using var scope = NewDisposeScope();
        var ranks = new Dictionary<string, int> { ["v_proj"] = 2 };
        using var stages = ThreeStages.Open(_model, new PeftSettings { Lora = new LoraSettings { Rank = 8, RankPattern = ranks, Init = LoraInit.Gaussian } });

        Assert.InRange(Deviation("q_proj.lora_A"), 0.9 / 8, 1.1 / 8);
        Assert.InRange(Deviation("v_proj.lora_A"), 0.8 / 2, 1.2 / 2);
        Assert.Equal(0, Deviation("lora_B"));

        double Deviation(string name) =>
            Math.Sqrt(stages.Parameters.Where(parameter => parameter.Name.Contains(name, StringComparison.Ordinal)).SelectMany(Values).Average(value => value * value));
    }

    [Theory]
    [InlineData(false, 4.0)]
    [InlineData(true, 8.0)]
    public void Scale_is_alpha_over_the_rank_or_its_root(bool rslora, double scale) =>
        Assert.Equal(scale, new LoraSize(4, 16, rslora).Scale);

    private static float[] Values(NamedParameter parameter) => parameter.Value.detach().data<float>().ToArray();
}
