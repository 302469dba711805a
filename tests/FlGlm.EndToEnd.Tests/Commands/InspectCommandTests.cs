using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;
using TorchSharp;

namespace FlGlm.EndToEnd.Tests.Commands;

public sealed class InspectCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_checkpoint_shows_which_part_would_lie_where()
    {
        var made = await TinyCheckpoint.MakeAsync(_folder, "made", "7");

        var run = await CommandRun.OfAsync("inspect", made, "--split", "1,2");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            $"{made}: checkpoint, llama, 4 blocks, hidden 32, 4 heads (2 for keys and values), vocabulary 64, positions 128", run.OutputLines[0]);
        Assert.Equal(
            [
                "head block 0 14 tensors 9,888 parameters 39,552 bytes",
                "middle block 1 13 tensors 7,840 parameters 31,360 bytes",
                "tail blocks 2..3 28 tensors 17,760 parameters 71,040 bytes",
            ],
            run.OutputLines.Skip(2).Take(3).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    [Fact]
    public async Task Parts_add_up_and_machines_read_them()
    {
        var made = await TinyCheckpoint.MakeAsync(_folder, "made", "7", "--dtype", "float16");

        var found = JsonDocument.Parse((await CommandRun.OfAsync("inspect", made, "--json", "--tensors")).Output).RootElement;

        Assert.Equal("result", found.GetProperty("event").GetString());
        var bytes = found.GetProperty("bytes").GetInt64();
        Assert.Equal(bytes, found.GetProperty("parts").EnumerateArray().Sum(part => part.GetProperty("bytes").GetInt64()));
        Assert.Equal(bytes, 2 * found.GetProperty("tensors").EnumerateArray().Sum(tensor => tensor.GetProperty("parameters").GetInt64()));
    }

    [Fact]
    public async Task A_tensor_that_is_missing_is_named_with_the_part_that_needs_it()
    {
        var made = await TinyCheckpoint.MakeAsync(_folder, "made", "7");
        await File.WriteAllTextAsync(Path.Combine(made, "config.json"), TinyCheckpoint.Config.Replace(": 4, \"hidden", ": 5, \"hidden", StringComparison.Ordinal));

        var run = await CommandRun.OfAsync("inspect", made);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("tail lacks 13 tensors, the first of them 'model.layers.4.input_layernorm.weight'", run.OutputLines);
    }

    [Theory]
    [InlineData("""{"model_type": "mystery"}""", "'mystery'")]
    [InlineData("""{"model_type": "llama", "quantization_config": {"quant_method": "bitsandbytes", "load_in_8bit": true}}""", "quantised (bitsandbytes, 8 bits)")]
    [InlineData(null, "holds quantised weights ('model.layers.0.mlp.up_proj.SCB')")]
    public async Task A_checkpoint_that_no_run_can_use_lists_its_tensors_and_is_refused_as_training_refuses_it(string? config, string reason)
    {
        var made = await TinyCheckpoint.MakeAsync(_folder, "made", "7");
        await File.WriteAllTextAsync(Path.Combine(made, "config.json"), config is null ? TinyCheckpoint.Config : config);
        if (config is null)
            AddQuantised(Path.Combine(made, "model.safetensors"));

        var run = await CommandRun.OfAsync("inspect", made, "--tensors");
        var train = await CommandRun.OfAsync("train", "--set", $"model.path={made}", "--set", $"data.train=[{made}]", "--set", $"run.directory={_folder.At("run")}");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("lm_head.weight  F32  [64, 32]", run.OutputLines);
        Assert.Contains(reason, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Equal((run.ExitCode, run.Error), (train.ExitCode, train.Error));
    }

    [SharedFact]
    public async Task An_adapter_shows_its_method_and_its_blocks()
    {
        var run = await CommandRun.OfAsync("inspect", SharedFolder.At("fixtures", "llama2_gqa", "lora_adapter"));

        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith("adapter, LoRA, rank 4, alpha 16, on q_proj, v_proj", run.OutputLines[0], StringComparison.Ordinal);
        Assert.Equal(3, run.OutputLines.Count(line => line.Contains(" parameters ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_adapter_with_whole_modules_shows_them_at_head_and_tail()
    {
        var run = await CommandRun.OfAsync("inspect", RepositoryFolder.At("tests", "Fixtures", "peft_adapters", "saved", "adapter"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.EndsWith("on q_proj, v_proj, with lm_head and embed_tokens whole", run.OutputLines[0], StringComparison.Ordinal);
        var whole = 160 * 48;
        var block = (2 * (48 + 48)) + (2 * (48 + 24));
        Assert.Equal(
            [$"{whole + block:N0}", $"{2 * block:N0}", $"{whole + block:N0}"],
            run.OutputLines.Where(line => line.Contains(" parameters ", StringComparison.Ordinal)).Select(line => line.Split(" parameters")[0].Split(' ')[^1]));
    }

    [Fact]
    public async Task A_single_file_is_listed()
    {
        var made = await TinyCheckpoint.MakeAsync(_folder, "made", "7");
        var run = await CommandRun.OfAsync("inspect", Path.Combine(made, "model.safetensors"));
        Assert.EndsWith("model.safetensors: file, safetensors", run.OutputLines[0], StringComparison.Ordinal);
        Assert.StartsWith("55 tensors, 35,488 parameters, 141,952 bytes (F32)", run.OutputLines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "nothing-here")]
    [InlineData(3, ".")]
    [InlineData(2, "nothing-here", "--split", "one")]
    public async Task What_cannot_be_inspected_is_one_error_line(int code, string path, params string[] more)
    {
        var run = await CommandRun.OfAsync(["inspect", Path.Combine(_folder.Path, path), .. more]);
        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("flglm: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cut_that_does_not_fit_is_a_problem_of_the_split()
    {
        var made = await TinyCheckpoint.MakeAsync(_folder, "made", "7");
        var run = await CommandRun.OfAsync("inspect", made, "--split", "3,2");
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("flglm: split: head 3 and tail 2 do not fit", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    /// <summary>Adds what bitsandbytes stores beside an 8-bit weight.</summary>
    private static void AddQuantised(string path)
    {
        using var scope = torch.NewDisposeScope();
        Dictionary<string, torch.Tensor> tensors;
        using (var file = TensorFile.Open(path))
            tensors = file.Tensors.Keys.ToDictionary(name => name, file.Read);
        SafetensorsWriter.Write(path, tensors.Append(new("model.layers.0.mlp.up_proj.SCB", torch.ones(4))).ToDictionary());
    }
}
