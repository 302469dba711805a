using System.Diagnostics;
using System.Globalization;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>A standard output that nobody reads, or that takes nothing.</summary>
public sealed class ClosedOutputTests
{
    [Theory]
    [InlineData("| head -n 1")]
    [InlineData(">/dev/full")]
    [InlineData(">&-")]
    public async Task A_run_goes_on_and_loses_nothing(string redirection)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "of Linux alone");
        using var folder = new SplitFolder();
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "flglm.dll"), .. folder.Train("training.steps=20")];
        var line = string.Join(' ', command.Select(word => $"'{word}'"));
        var start = new ProcessStartInfo("bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"set -o pipefail; {line} {redirection}")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LIBTORCH"] = null;
        using var run = Process.Start(start)!;
        var (output, error) = (run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        await run.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));

        Assert.Equal((0, ""), (run.ExitCode, await error));
        Assert.InRange((await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 0, 1);
        Assert.Equal(20, folder.Losses("train").Count);
        Assert.True(File.Exists(Path.Combine(folder.Adapter("train"), "adapter_model.safetensors")));
        Assert.Contains("written: ", await File.ReadAllTextAsync(folder.At("train", "flglm.log")), StringComparison.Ordinal);
    }
}
