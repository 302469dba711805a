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
    public async Task The_learning_rate_follows_the_method(string method, string rate)
    {
        await using var run = InProcessFlGlm.Start(_folder.Train($"peft.method={method}", "optimizer.learning_rate=auto", "training.steps=1"));

        await run.ExitsWithAsync(0);
        Assert.Contains($"learning_rate: {rate}", Config());
    }

    /// <summary>In a process of its own, whose number of threads this one keeps.</summary>
    [Fact]
    public async Task The_threads_follow_the_cores()
    {
        await using var run = FlGlmProcess.Start(_folder.Train("compute.threads=auto", "training.steps=1"));

        await run.ExitsWithAsync(0);
        Assert.Contains($"threads: {Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)}", Config());
    }

    private IEnumerable<string> Config() => File.ReadLines(_folder.At("train", "config.yaml")).Select(line => line.Trim());
}
