using System.Text.Json;
using FlGlm.Cli.Forecasts;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Forecasts;

public sealed class PlanCommandTests : IDisposable
{
    private readonly SplitFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true, "training.accumulate=2", "training.micro_batches=2")]
    public async Task The_planned_bytes_are_those_of_the_run(bool insecure, params string[] settings)
    {
        Assert.SkipUnless(TestScope.IsAll || insecure, TestScope.OnlyInAll);
        using var folder = new SplitFolder { Insecure = insecure };
        var plan = await PlanAsync(folder, settings);
        await folder.SplitAsync("ada", settings, here: true);

        var steps = File.ReadLines(folder.At("ada", "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(6, plan.GetProperty("steps").GetInt32());
        Assert.Equal(steps.Average(step => step.GetProperty("tokens").GetInt32()), plan.GetProperty("tokens_per_step").GetDouble(), 6);
        AssertNear(steps.Average(step => step.GetProperty("bytes_up").GetInt64()), plan.GetProperty("bytes_up_per_step").GetDouble());
        AssertNear(steps.Average(step => step.GetProperty("bytes_down").GetInt64()), plan.GetProperty("bytes_down_per_step").GetDouble());
    }

    [Fact]
    public async Task A_slow_link_makes_a_long_step_and_a_hint()
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        var far = await PlanAsync(_folder, [], "--link", "1Mbit,50ms");
        var bytes = far.GetProperty("bytes_up_per_step").GetDouble() + far.GetProperty("bytes_down_per_step").GetDouble();
        Assert.True(far.GetProperty("wire_seconds_per_step").GetDouble() > 0.2 + (8 * bytes / 1e6));
        Assert.Contains(far.GetProperty("hints").EnumerateArray(), hint => hint.GetString()!.StartsWith("training.micro_batches", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_measured_run_stands_beside_the_plan()
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        var run = await CommandRun.OfAsync(["plan", "--measure", "8", .. _folder.Train().Skip(1)]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(5, run.OutputLines.Count(line => line.Contains(" planned ", StringComparison.Ordinal) && line.Contains(" measured ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("100Mbit,50ms", 100e6, 50)]
    [InlineData("1.5gbit", 1.5e9, 0)]
    [InlineData("64kbit,0.5ms", 64e3, 0.5)]
    public void A_link_is_a_rate_and_a_delay(string text, double rate, double milliseconds) =>
        Assert.Equal(new NetworkLink(rate, TimeSpan.FromMilliseconds(milliseconds)), NetworkLink.TryParse(text));

    [Theory]
    [InlineData("--link", "fast")]
    [InlineData("--link", "0Mbit")]
    [InlineData("--measure", "2")]
    public async Task Other_words_are_refused(string option, string value)
    {
        var run = await CommandRun.OfAsync(["plan", option, value, .. _folder.Train().Skip(1)]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(option, run.Error, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> PlanAsync(SplitFolder folder, string[] settings, params string[] options)
    {
        var run = await CommandRun.OfAsync(["plan", "--json", .. options, .. folder.Insecure ? (string[])["--insecure"] : [], .. folder.Train(settings).Skip(1)]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return JsonDocument.Parse(Assert.Single(run.OutputLines)).RootElement;
    }

    private static void AssertNear(double measured, double planned) => Assert.InRange(planned / measured, 0.99, 1.01);
}
