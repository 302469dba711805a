using FlGlm.Cli.CommandLine;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary><c>flglm</c> in this process: it starts faster, and only signals and process exits differ.</summary>
internal sealed class InProcessFlGlm : RunningFlGlm
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _goOn = new();
    private readonly Task<int> _run;

    private InProcessFlGlm(string[] args, bool isHeldAtPage = false) => _run = Task.Run(() => RunAsync(args, isHeldAtPage));

    public static InProcessFlGlm Start(params IEnumerable<string> args) => new([.. args]);

    /// <summary>Starts a run that waits where it has said the address of its page, until <see cref="GoOn"/>: a short one would be over before anybody looks.</summary>
    public static InProcessFlGlm StartHeldAtPage(params IEnumerable<string> args) => new([.. args], isHeldAtPage: true);

    public void GoOn() => _goOn.Set();

    protected override Task<int> EndAsync() => _run.WaitAsync(Patience);

    protected override async Task StopAsync()
    {
        await _stop.CancelAsync();
        GoOn();
        await _run.WaitAsync(LastPatience);
        _stop.Dispose();
        _goOn.Dispose();
    }

    private async Task<int> RunAsync(string[] args, bool isHeldAtPage)
    {
        await using var output = new LineWriter(Output, Written);
        await using var error = new LineWriter(Error, Written);
        var code = await FlGlmCommandLine.RunAsync(args, output, error, _stop.Token);
        Output.End();
        Error.End();
        return code;

        void Written(string line)
        {
            if (isHeldAtPage && line.Contains(PageAt, StringComparison.Ordinal))
                _goOn.Wait();
        }
    }
}
