using Microsoft.Extensions.Hosting;

namespace FlGlm.Core.Wire;

/// <summary>
/// Stands in for the web host's ConsoleLifetime, which would take Ctrl+C, SIGTERM and SIGQUIT from the process that the server is embedded in.
/// </summary>
internal sealed class NoHostLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
