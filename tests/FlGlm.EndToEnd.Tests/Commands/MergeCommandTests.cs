using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
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

    [Fact]
    public async Task An_adapter_is_added_to_its_base_and_the_message_says_what_was_written()
    {
        var adapter = RepositoryFolder.At("tests", "Fixtures", "peft_adapters", "saved", "adapter");
        var model = RepositoryFolder.At("tests", "Fixtures", "llama2_gqa", "hf");

        var run = await CommandRun.OfAsync("merge", adapter, "--into-base", model, "--dtype", "bfloat16", "--out", Target);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Collection(
            run.OutputLines,
            line => Assert.Equal($"{adapter} + {model} -> {Target}", line),
            line => Assert.Equal($"{Target}: 39 tensors in bfloat16, {Weights(Target).Length - HeaderBytes():N0} bytes; LoRA added to 8, 2 replaced whole; the model needs no adapter", line));
    }

    [Fact]
    public async Task Keys_that_are_not_known_are_named_by_a_merge()
    {
        var adapter = Path.Combine(_folder.Path, "adapter");
        Directory.CreateDirectory(adapter);
        foreach (var file in Directory.GetFiles(RepositoryFolder.At("tests", "Fixtures", "peft_adapters", "layers", "adapter")))
            File.Copy(file, Path.Combine(adapter, Path.GetFileName(file)));
        var config = Path.Combine(adapter, "adapter_config.json");
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(config)).Replace("\"peft_type\"", "\"a_future_key\": 1, \"peft_type\"", StringComparison.Ordinal));

        var run = await CommandRun.OfAsync("merge", adapter, "--into-base", RepositoryFolder.At("tests", "Fixtures", "llama2_gqa", "hf"), "--out", Target);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(run.OutputLines, line => line.Contains("not known here and are left out (a_future_key)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stored_type_goes_with_a_base()
    {
        var run = await CommandRun.OfAsync("merge", "part", "--dtype", "float16", "--out", Target);

        Assert.Equal((2, "flglm: --dtype: goes with --into-base; parts are joined as they are."), (run.ExitCode, Assert.Single(run.ErrorLines)));
    }

    private long HeaderBytes() => 8 + BitConverter.ToInt64(Weights(Target));

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
