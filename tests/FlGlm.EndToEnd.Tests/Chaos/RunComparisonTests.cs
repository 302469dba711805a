using FlGlm.Cli.Chaos;
using FlGlm.EndToEnd.Tests.Processes;

namespace FlGlm.EndToEnd.Tests.Chaos;

/// <summary>A run's directory against a copy of it in which something is planted.</summary>
public sealed class RunComparisonTests : IAsyncLifetime
{
    private readonly SplitFolder _folder = new() { Insecure = true };

    private string Run => _folder.At("ada");

    private string Other => _folder.At("other");

    private string Weights => Path.Combine(Other, "adapter", "adapter_model.safetensors");

    public async ValueTask InitializeAsync()
    {
        await _folder.SplitAsync("ada", ["training.steps=3", "data.validation=0.2"], here: true);
        foreach (var file in Directory.EnumerateFiles(Run, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            var copy = Path.Combine(Other, Path.GetRelativePath(Run, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Two_runs_of_one_configuration_do_not_differ()
    {
        using var again = new SplitFolder { Insecure = true };
        await again.SplitAsync("ada", ["training.steps=3", "data.validation=0.2"], here: true);

        Assert.Empty(RunComparison.Differences(Run, again.At("ada")));
        Assert.Empty(RunComparison.Differences(_folder.At("server"), again.At("server")));
    }

    [Fact]
    public void One_bit_of_a_tensor_is_found()
    {
        Assert.Empty(RunComparison.Differences(Run, Other));
        var bytes = File.ReadAllBytes(Weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(Weights, bytes);

        var difference = Assert.Single(RunComparison.Differences(Run, Other));

        Assert.Matches("^adapter/adapter_model.safetensors: '.*lora_[AB].*' differs$", difference);
    }

    [Fact]
    public void Missing_tensors_are_found()
    {
        File.Delete(Weights);

        Assert.Equal("adapter/adapter_model.safetensors is missing", Assert.Single(RunComparison.Differences(Run, Other)));
        Assert.Equal("adapter/adapter_model.safetensors is too much", Assert.Single(RunComparison.Differences(Other, Run)));
    }

    [Theory]
    [InlineData("metrics.jsonl", "step 2 is ")]
    [InlineData("validation.jsonl", "validation loss after step 3 is ")]
    public void The_last_digit_of_a_loss_is_found(string file, string message)
    {
        var (path, lines) = (Path.Combine(Other, file), File.ReadAllLines(Path.Combine(Other, file)));
        lines[1] = lines[1].Replace("\"loss\":", "\"loss\":1", StringComparison.Ordinal);
        File.WriteAllLines(path, lines);

        Assert.StartsWith(message, Assert.Single(RunComparison.Differences(Run, Other)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_is_lost_is_found_and_of_one_that_was_taken_again_the_last_line_counts()
    {
        var (path, lines) = (Path.Combine(Other, "metrics.jsonl"), File.ReadAllLines(Path.Combine(Other, "metrics.jsonl")));
        File.WriteAllLines(path, [lines[0], lines[1].Replace("\"loss\":", "\"loss\":1", StringComparison.Ordinal), .. lines[1..]]);
        Assert.Empty(RunComparison.Differences(Run, Other));

        File.WriteAllLines(path, lines[..2]);
        Assert.StartsWith("step 3 is missing where the undisturbed run has (1, loss ", Assert.Single(RunComparison.Differences(Run, Other)), StringComparison.Ordinal);
    }
}
