using Microsoft.Extensions.DependencyInjection;

namespace FlGlm.Server.Hosting;

/// <summary>Adds an <see cref="FlGlmServer"/> to a host of Microsoft.Extensions.Hosting.</summary>
public static class FlGlmServerExtensions
{
    /// <summary>The server starts with the host and logs its events; when the host stops, it finishes the current step and saves.</summary>
    public static IServiceCollection AddFlGlmServer(this IServiceCollection services, ServerOptions options) => services.AddSingleton(options).AddHostedService<ServerService>();
}
