using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>The demo with few steps.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_demo_s_losses_are_the_centralised_run_s()
    {
        await using var demo = InProcessFlGlm.Start(Demo("training.steps=3"));

        await demo.ExitsWithAsync(0);

        foreach (var client in new[] { "harbour", "garden" })
        {
            Assert.Contains($"{client}: split against centralised over 3 steps, largest difference of the loss: 0", demo.Output.Lines);
            Assert.True(File.Exists(_folder.At("run", client, "adapter", "adapter_model.safetensors")), $"{client} has no adapter.");
        }

        Assert.Empty(demo.Error.Lines);
    }

    [Fact]
    public async Task A_demo_interrupted_ends_like_any_run()
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        await using var demo = FlGlmProcess.Start(Demo("training.steps=1000"));
        await demo.LineAsync("step 3/");

        demo.Interrupt();

        await demo.ExitsWithAsync(130);
        Assert.Empty(demo.Error.Lines);
        Assert.True(File.Exists(_folder.At("run", "server", "adapter", "middle", "adapter_model.safetensors")));
        Assert.True(File.Exists(_folder.At("run", "harbour", "adapter", "head", "adapter_model.safetensors")));
    }

    private string[] Demo(string steps) => ["demo", "--set", steps, "--set", "run.log_every=1", "--set", $"run.directory={_folder.At("run")}"];
}
