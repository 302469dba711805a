using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Commands;

public sealed class MergeCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Target => Path.Combine(_folder.Path, "merged");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Parts_of_a_model_join_to_the_model()
    {
        var whole = await TinyCheckpoint.MakeAsync(_folder, "whole", "7");

        var run = await CommandRun.OfAsync("merge", Part(whole, StageName.Tail), Part(whole, StageName.Head), Part(whole, StageName.Middle), "--out", Target);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(Weights(whole), Weights(Target));
    }

    [Fact]
    public async Task A_part_that_is_missing_is_named_by_a_tensor_it_holds()
    {
        var whole = await TinyCheckpoint.MakeAsync(_folder, "whole", "7");

        var run = await CommandRun.OfAsync("merge", Part(whole, StageName.Tail), Part(whole, StageName.Head), "--out", Target);

        Assert.Equal(3, run.ExitCode);
        Assert.Equal("flglm: No part holds 'model.layers.1.input_layernorm.weight'; name the part that does.", Assert.Single(run.ErrorLines));
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public async Task A_part_named_twice_is_refused()
    {
        var whole = await TinyCheckpoint.MakeAsync(_folder, "whole", "7");
        var run = await CommandRun.OfAsync("merge", whole, Part(whole, StageName.Head), "--out", Target);
        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("flglm: Both ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task A_whole_adapter_is_no_part()
    {
        var run = await CommandRun.OfAsync("merge", SharedFolder.At("fixtures", "llama2_gqa", "lora_adapter"), "--out", Target);
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("whole adapter", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    private string Part(string whole, StageName stage)
    {
        using var checkpoint = HfCheckpoint.Open(whole);
        var plan = new SplitPlan(4, new SplitSettings());
        var own = ModelFamily.Of(checkpoint).Tensors.Where(tensor => plan.Owner(tensor) == stage).ToDictionary(tensor => tensor.Name);
        var part = Path.Combine(_folder.Path, stage.ToString());
        HfCheckpointWriter.Write(part, checkpoint.Config, own.Keys.Select(checkpoint.Info), name => checkpoint.Read(name, own[name].Shape, "part"));
        return part;
    }

    private static byte[] Weights(string directory) => File.ReadAllBytes(Path.Combine(directory, "model.safetensors"));
}
