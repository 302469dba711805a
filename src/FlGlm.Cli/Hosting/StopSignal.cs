using System.Runtime.InteropServices;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Hosting;

/// <summary>
/// Ctrl+C, SIGTERM, a closed terminal (SIGHUP) and SIGQUIT: the first asks for a graceful stop (finish the step, save, say goodbye), the second
/// ends the process. A closing terminal may send SIGHUP twice, so that one asks only.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Listens to the process' signals, and to a stop asked for from code.</summary>
    public StopSignal(CancellationToken ct)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _registrations = [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, Handle))];
    }

    public CancellationToken Requested => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (_stop.IsCancellationRequested && context.Signal != PosixSignal.SIGHUP)
            Environment.Exit((int)ExitCode.Interrupted);
        context.Cancel = true;
        _stop.Cancel();
    }
}
