using System.Globalization;
using FlGlm.EndToEnd.Tests.Processes;

namespace FlGlm.EndToEnd.Tests.Runs;

/// <summary>A run's <c>config.yaml</c> has what <c>auto</c> stood for.</summary>
public sealed class ResolvedConfigTests : IDisposable
{
    private readonly SplitFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("p_tuning_v2", "0.02")]
    [InlineData("lora", "0.001")]
    [InlineData("none", "2E-05")]
    public async Task The_learning_rate_follows_the_method_and_the_threads_the_cores(string method, string rate)
    {
        await using var run = FlGlmProcess.Start(_folder.Train(
            $"peft.method={method}", "optimizer.learning_rate=auto", "compute.threads=auto", "training.steps=1"));

        await run.ExitsWithAsync(0);
        var lines = File.ReadLines(_folder.At("train", "config.yaml")).Select(line => line.Trim()).ToList();
        Assert.Contains($"learning_rate: {rate}", lines);
        Assert.Contains($"threads: {Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)}", lines);
    }
}
