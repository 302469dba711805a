using FlGlm.Cli.Views;
using FlGlm.Client.Training;

namespace FlGlm.Cli.Runs;

/// <summary>Writes one client's steps to its metrics.jsonl and to the view.</summary>
internal sealed class StepLog(string client, RunDirectory directory, IRunView view) : IProgress<StepReport>, IDisposable
{
    private readonly MetricsWriter _metrics = new(directory.MetricsPath);

    public void Report(StepReport value)
    {
        _metrics.Write(value);
        view.Step(client, value);
    }

    public void Dispose() => _metrics.Dispose();
}
