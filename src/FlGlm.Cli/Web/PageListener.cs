using System.Net;
using FlGlm.Cli.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FlGlm.Cli.Web;

/// <summary>Kestrel with HTTP/1.1 at one address. It takes no settings from the environment, and no signals.</summary>
internal sealed class PageListener : IAsyncDisposable
{
    private const int MaxConnections = 64;
    private const int MaxRequestBytes = 4096;
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(1);
    private readonly WebApplication _app;

    private PageListener(WebApplication app, IPEndPoint endPoint) => (_app, EndPoint) = (app, endPoint);

    /// <summary>With the real port.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Listens.</summary>
    /// <param name="access">Checks every request.</param>
    /// <param name="map">Declares the addresses.</param>
    /// <exception cref="IOException">The port is taken, or another failure of the system.</exception>
    public static async Task<PageListener> StartAsync(IPEndPoint endPoint, PageAccess access, Action<IEndpointRouteBuilder> map, CancellationToken ct)
    {
        ListenOptions? listening = null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
            kestrel.Limits.MinResponseDataRate = null; // an event stream may be silent
            kestrel.Listen(endPoint, listen =>
            {
                listening = listen;
                listen.Protocols = HttpProtocols.Http1;
            });
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>(); // after the console's own, which it replaces
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        var app = builder.Build();
        try
        {
            app.Use(access.InvokeAsync);
            app.UseRouting();
            map(app);
            await app.StartAsync(ct);
            return new PageListener(app, listening!.IPEndPoint!);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.DisposeAsync();
    }

    /// <summary>Ctrl+C and the other signals are the run's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
