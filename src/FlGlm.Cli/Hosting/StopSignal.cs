using System.Runtime.InteropServices;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Hosting;

/// <summary>
/// Handles Ctrl+C, SIGTERM, SIGQUIT and a closed terminal (SIGHUP): the first requests a stop (finish the step, save, end the session), the second
/// ends the process. A closing terminal may send SIGHUP twice, so SIGHUP only requests.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration[] _registrations;
    private PosixSignal? _first;
    private bool _isAskedFor;

    /// <summary>Registers for the signals of the process; a cancelled <paramref name="ct"/> requests a stop too.</summary>
    public StopSignal(CancellationToken ct)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _registrations = [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, Handle))];
    }

    public CancellationToken Requested => _stop.Token;

    /// <summary>Requests a stop, as the first Ctrl+C does.</summary>
    public void Request()
    {
        _isAskedFor = true;
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The command has just ended.
        }
    }

    /// <summary>The message about a stop: which signal came, and what a second one does.</summary>
    /// <param name="stopping">What the command does now.</param>
    public string Describe(string stopping) => _first switch
    {
        null when _isAskedFor => $"the page asks for a stop: {stopping}; Ctrl+C ends at once",
        null => stopping,
        PosixSignal.SIGINT => $"{stopping}; Ctrl+C again ends at once",
        PosixSignal.SIGHUP => $"SIGHUP (a closed terminal): {stopping}",
        { } signal => $"{signal}: {stopping}; a second one ends at once",
    };

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
        _first ??= context.Signal;
        _stop.Cancel();
    }
}
