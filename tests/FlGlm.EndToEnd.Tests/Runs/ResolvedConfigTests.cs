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
    [Theory]
    [InlineData(null, null)]
    [InlineData("3,2", 3)]
    public async Task The_threads_follow_the_variable_of_PyTorch_or_the_cores(string? variable, int? threads)
    {
        await using var run = FlGlmProcess.StartWith("OMP_NUM_THREADS", variable, _folder.Train("compute.threads=auto", "training.steps=1"));

        await run.ExitsWithAsync(0);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"threads: {threads ?? Environment.ProcessorCount}"), Config());
    }

    private IEnumerable<string> Config() => File.ReadLines(_folder.At("train", "config.yaml")).Select(line => line.Trim());
}
