using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FlGlm.Cli.LocalRuns;

/// <summary>The server or a client of a run: a process of this program. It may be killed, and is then started again with <c>--resume</c>.</summary>
/// <param name="name">For messages.</param>
/// <param name="command"><c>server</c>, <c>client</c> or another, with its options.</param>
/// <param name="config">Its configuration file.</param>
internal sealed class LocalSide(string name, IReadOnlyList<string> command, string config)
{
    private const int Killed = 137;
    private const int LastLines = 12;

    /// <summary>The last line before the run begins, when model and data are loaded.</summary>
    private const string Loaded = "a checkpoint every ";
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly List<(int Step, TaskCompletionSource Reached)> _awaited = [];
    private TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;
    private TimeSpan? _pause;
    private int _step;

    /// <summary>Called with a side, and a step that it has taken (a client) or served (the server).</summary>
    public event Action<LocalSide, LocalStep>? Stepped;

    /// <summary>Called when model and data are loaded after a restart.</summary>
    public event Action<LocalSide>? LoadedAgain;

    public string Name => name;

    /// <summary>How often it has been started.</summary>
    public int Starts { get; private set; }

    /// <summary>The most memory that it has had so far, in bytes; null where it does not run, or the system does not say.</summary>
    public long? PeakBytes
    {
        get
        {
            lock (_gate)
            {
                if (_process is not { HasExited: false } process)
                    return null;
                process.Refresh();
                return process.PeakWorkingSet64;
            }
        }
    }

    /// <summary>The last lines that it has written, of output and errors.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    /// <summary>Runs it until it ends by itself.</summary>
    /// <returns>its exit code</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        while (true)
        {
            using var process = Start();
            var reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
            try
            {
                await process.WaitForExitAsync(ct);
            }
            finally
            {
                End(process);
            }

            await reading;
            if (TakePause(process.ExitCode) is not { } pause)
                return process.ExitCode;
            await Task.Delay(pause, ct);
        }
    }

    /// <summary>Kills it, to be started again after a pause.</summary>
    /// <returns>false where it does not run</returns>
    public bool Kill(TimeSpan pause)
    {
        lock (_gate)
        {
            if (_process is not { HasExited: false } process)
                return false;
            (_pause, _started) = (pause, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            process.Kill();
            return true;
        }
    }

    /// <summary>Completes when it has been started after the last kill.</summary>
    public Task StartedAsync(CancellationToken ct)
    {
        lock (_gate)
            return _started.Task.WaitAsync(ct);
    }

    /// <summary>Completes when a client has taken a step, or a later one.</summary>
    public Task ReachedAsync(int step, CancellationToken ct)
    {
        lock (_gate)
        {
            if (_step >= step)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((step, reached));
            return reached.Task.WaitAsync(ct);
        }
    }

    private Process Start()
    {
        List<string> args = [.. command, .. Starts > 0 ? ["--resume"] : Array.Empty<string>(), "--config", config, "--json"];
        var (program, first) = Program();
        var start = new ProcessStartInfo(program, [.. first, .. args]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        lock (_gate)
        {
            _process = Process.Start(start)!;
            Starts++;
            _started.TrySetResult();
            return _process;
        }
    }

    /// <summary>This program: its own executable, or its assembly and dotnet.</summary>
    private static (string Program, IReadOnlyList<string> Args) Program()
    {
        var assembly = typeof(LocalSide).Assembly;
        var own = Environment.ProcessPath;
        return Path.GetFileNameWithoutExtension(own) == assembly.GetName().Name
            ? (own!, [])
            : ("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.dll")]);
    }

    private void End(Process process)
    {
        lock (_gate)
            _process = null;
        if (process.HasExited)
            return;
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>How long to wait until it is started again; null where it has ended by itself, also just before it was to be killed.</summary>
    private TimeSpan? TakePause(int exitCode)
    {
        lock (_gate)
        {
            var pause = exitCode == Killed || (OperatingSystem.IsWindows() && exitCode == -1) ? _pause : null;
            _pause = null;
            return pause;
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            var isStep = line.StartsWith("""{"event":"step",""", StringComparison.Ordinal) || line.StartsWith("""{"event":"served",""", StringComparison.Ordinal);
            if (isStep)
                ReportStep(line);
            else
                Keep(line);
            if (Starts > 1 && line.Contains(Loaded, StringComparison.Ordinal))
                LoadedAgain?.Invoke(this);
        }
    }

    private void ReportStep(string line)
    {
        if (LocalStep.Parse(line) is not { } step)
            return; // The process was killed while it wrote the line.
        lock (_gate)
        {
            _step = Math.Max(_step, step.Step);
            foreach (var (_, reached) in _awaited.Where(each => each.Step <= step.Step))
                reached.TrySetResult();
        }

        Stepped?.Invoke(this, step);
    }

    private void Keep(string line)
    {
        lock (_gate)
        {
            _lines.Enqueue(MessageOf(line));
            if (_lines.Count > LastLines)
                _lines.Dequeue();
        }
    }

    private static string MessageOf(string line)
    {
        try
        {
            return JsonNode.Parse(line)?["message"]?.GetValue<string>() ?? line;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return line;
        }
    }
}
