using FlGlm.Cli.CommandLine;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary><c>flglm</c> in this process: it starts faster, and only signals and process exits differ.</summary>
internal sealed class InProcessFlGlm : RunningFlGlm
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<int> _run;

    private InProcessFlGlm(string[] args, string? holdAt = null)
    {
        Output.HoldAt = Error.HoldAt = holdAt;
        _run = Task.Run(() => RunAsync(args));
    }

    public static InProcessFlGlm Start(params IEnumerable<string> args) => new([.. args]);

    /// <summary>Starts a run that waits where it has said the address of its page, until <see cref="GoOn"/>: a short one would be over before anybody looks.</summary>
    public static InProcessFlGlm StartHeldAtPage(params IEnumerable<string> args) => new([.. args], "page: http");

    public void GoOn()
    {
        Output.GoOn();
        Error.GoOn();
    }

    protected override Task<int> EndAsync() => _run.WaitAsync(Patience);

    protected override async Task StopAsync()
    {
        await _stop.CancelAsync();
        GoOn();
        await _run.WaitAsync(LastPatience);
        _stop.Dispose();
    }

    private async Task<int> RunAsync(string[] args)
    {
        await using var output = new LineWriter(Output);
        await using var error = new LineWriter(Error);
        var code = await FlGlmCommandLine.RunAsync(args, output, error, _stop.Token);
        Output.End();
        Error.End();
        return code;
    }
}
