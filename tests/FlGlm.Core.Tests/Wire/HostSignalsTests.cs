using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using FlGlm.Core.Wire;

namespace FlGlm.Core.Tests.Wire;

public sealed class HostSignalsTests
{
    /// <summary>Handlers are called newest first, so this one sees whether the listener's would have kept the signal from the process.</summary>
    [Fact]
    public async Task A_listener_leaves_signals_to_the_process_that_it_is_embedded_in()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sends a signal");
        var taken = new TaskCompletionSource<bool>();
        using var handler = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            taken.TrySetResult(signal.Cancel);
            signal.Cancel = true;
        });
        await using var listener = await FrameListener.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), (_, _, _) => Task.CompletedTask, CancellationToken.None);

        using (var kill = System.Diagnostics.Process.Start("/bin/sh", ["-c", $"kill -TERM {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}"]))
            await kill.WaitForExitAsync();

        Assert.False(await taken.Task.WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
