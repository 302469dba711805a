using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.EndToEnd.Tests.Processes;

namespace FlGlm.EndToEnd.Tests.BadInput;

public sealed class BadConfigurationTests : IDisposable
{
    private readonly SplitFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("training.stesp=3", "training.stesp: unknown key; did you mean 'steps'?")]
    [InlineData("trainig.steps=3", "trainig: unknown", "did you mean 'training'?")]
    [InlineData("training.steps=many", "training.steps: 'many' does not fit; a whole number.")]
    [InlineData("training.steps=-1", "training.steps: -1 trains nothing; 1 or more.")]
    [InlineData("peft.method=lara", "peft.method: 'lara'", "lora, p_tuning_v2")]
    [InlineData("data.train={a: b}", "data.train: is a list; ")]
    [InlineData("compute.threads=0", "compute.threads: 0 threads compute nothing; 1 or more, or auto.")]
    [InlineData("compute.device=gpu", "compute.device: 'gpu' is no device; cpu, cuda or cuda:0.")]
    public async Task A_wrong_setting_is_named_by_its_key(string setting, params string[] says) =>
        await Refusal.AssertAsync(_folder, _folder.Train(setting), 2, says);

    [Theory]
    [InlineData("cuda")]
    [InlineData("cuda:7")]
    public async Task A_GPU_that_is_not_there_is_refused(string device)
    {
        Assert.SkipWhen(TorchSharp.torch.cuda.device_count() > 7, "this machine has that GPU");
        await Refusal.AssertAsync(_folder, _folder.Train($"compute.device={device}"), 2, $"compute.device: '{device}' is not there: ");
    }

    [Fact]
    public async Task All_problems_come_at_once_and_no_run_directory_is_made()
    {
        var run = await CommandRun.OfAsync(_folder.Train("training.stesp=3", "training.batch_size=none", "split.head=-1"));

        Assert.Equal((2, 3), (run.ExitCode, run.ErrorLines.Count));
        Assert.Equal(["training.batch_size", "training.stesp", "split.head"], run.ErrorLines.Select(line => line.Split(": ")[2]));
        Assert.False(Directory.Exists(_folder.At("train")));
    }

    [Fact]
    public async Task A_file_that_is_no_YAML_is_named_with_its_line()
    {
        var file = _folder.Write("broken.yaml", "model: {path: x}\ntraining: {steps: 3\n"u8.ToArray());
        await Refusal.AssertAsync(_folder, ["train", "--config", file], 2, "broken.yaml:");
    }
}
