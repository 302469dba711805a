using System.Diagnostics;
using System.Globalization;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>The built <c>flglm.dll</c>, or a sample, in a process of its own.</summary>
internal sealed class FlGlmProcess : RunningFlGlm
{
    private readonly Process _process;
    private readonly Task _reading;

    private FlGlmProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, Output), ReadAsync(process.StandardError, Error));
    }

    public static FlGlmProcess Start(params IEnumerable<string> args) => StartProgram("flglm", args);

    /// <param name="variable">of its environment</param>
    public static FlGlmProcess StartWith(string variable, string? value, IEnumerable<string> args) => StartProgram("flglm", args, (variable, value));

    /// <param name="folder">its working directory</param>
    public static FlGlmProcess StartIn(string folder, IEnumerable<string> args) => StartProgram("flglm", args, folder: folder);

    /// <param name="program">a program that lies beside the tests</param>
    /// <param name="variable">of its environment, beside those of the tests but LIBTORCH</param>
    /// <param name="folder">its working directory; empty = that of the tests</param>
    public static FlGlmProcess StartProgram(string program, IEnumerable<string> args, (string Name, string? Value) variable = default, string folder = "")
    {
        var start = StartOf("dotnet", [PathOf(program), .. args]);
        start.WorkingDirectory = folder;
        if (variable.Name is { } name)
            start.Environment[name] = variable.Value;
        return new FlGlmProcess(Process.Start(start)!);
    }

    /// <param name="file">any program</param>
    /// <param name="variables">of its environment, beside those of the tests but LIBTORCH</param>
    public static FlGlmProcess StartAny(string file, IEnumerable<string> args, params IEnumerable<(string Name, string Value)> variables)
    {
        var start = StartOf(file, args);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return new FlGlmProcess(Process.Start(start)!);
    }

    /// <summary>A program that lies beside the tests.</summary>
    public static string PathOf(string program) => Path.Combine(AppContext.BaseDirectory, $"{program}.dll");

    private static ProcessStartInfo StartOf(string file, IEnumerable<string> args)
    {
        var start = new ProcessStartInfo(file, args) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LIBTORCH"] = null;
        return start;
    }

    /// <summary>Ctrl+C, or another signal.</summary>
    public void Interrupt(string signal = "INT")
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {_process.Id.ToString(CultureInfo.InvariantCulture)}"]);
        kill.WaitForExit();
    }

    /// <summary><c>kill -9</c>.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    protected override async Task<int> EndAsync()
    {
        await _reading.WaitAsync(Patience);
        await _process.WaitForExitAsync(Patience);
        return _process.ExitCode;
    }

    protected override async Task StopAsync()
    {
        Kill();
        await _reading;
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task ReadAsync(StreamReader reader, LineLog log)
    {
        while (await reader.ReadLineAsync() is { } line)
            log.Add(line);
        log.End();
    }
}
