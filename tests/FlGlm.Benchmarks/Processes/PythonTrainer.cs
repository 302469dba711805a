using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Benchmarks.Processes;

/// <summary>centralised_step.py: a Python process that takes a step whenever it is asked for one.</summary>
internal sealed class PythonTrainer : IDisposable
{
    private readonly Process _process;

    private PythonTrainer(Process process) => _process = process;

    /// <summary>Its torch's version.</summary>
    public required string TorchVersion { get; init; }

    /// <summary>Its threads, environment and speed as it reports them.</summary>
    public required string Settings { get; init; }

    /// <summary>A Python that imports torch; null where there is none. Debian's own comes first.</summary>
    public static string? FindPython() => new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(ImportsTorch);

    /// <summary>Starts it with one thread.</summary>
    public static async Task<PythonTrainer> StartAsync(string python, TinyLlama model, PeftMethod method, int rows, int length)
    {
        var peft = new PeftSettings();
        (string Name, object Value)[] options =
        [
            ("blocks", model.Blocks), ("hidden", model.Hidden), ("heads", model.Heads), ("ffn", model.Intermediate),
            ("vocabulary", model.Vocabulary), ("length", length), ("rows", rows), ("rank", peft.Lora.Rank),
            ("prefix", peft.Prefix.Length), ("method", method == PeftMethod.Lora ? "lora" : "p_tuning_v2"),
            ("threads", 1),
        ];
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "centralised_step.py"), .. options.SelectMany(option => new[] { "--" + option.Name, $"{option.Value}" })];
        var start = new ProcessStartInfo(python, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        SetEnvironment(start.Environment);
        var process = Process.Start(start)!;
        using var hello = JsonDocument.Parse(await LineAsync(process));
        return new PythonTrainer(process)
        {
            TorchVersion = hello.RootElement.GetProperty("torch").GetString()!,
            Settings = hello.RootElement.GetProperty("settings").GetString()!,
        };
    }

    /// <returns>seconds, by its own clock</returns>
    public async Task<double> StepAsync()
    {
        await _process.StandardInput.WriteLineAsync("step");
        await _process.StandardInput.FlushAsync();
        return double.Parse(await LineAsync(_process), CultureInfo.InvariantCulture);
    }

    /// <summary>It ends with its input.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>One thread, and what the shell presets of OpenBLAS removed, so that it chooses its kernels itself.</summary>
    private static void SetEnvironment(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(name => name.StartsWith("OPENBLAS_", StringComparison.Ordinal)).ToList())
            environment.Remove(name);
        environment["OMP_NUM_THREADS"] = "1";
    }

    private static async Task<string> LineAsync(Process process) => await process.StandardOutput.ReadLineAsync()
        ?? throw new InvalidOperationException("centralised_step.py ended early; its last words are above.");

    private static bool ImportsTorch(string python)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", "import torch"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
