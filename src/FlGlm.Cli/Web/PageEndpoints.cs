using System.Globalization;
using FlGlm.Cli.Web.Plots;
using FlGlm.Cli.Web.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlGlm.Cli.Web;

/// <summary>The addresses of the page. Whoever asks is checked before (<see cref="Access.PageAccess"/>).</summary>
/// <param name="page">What it shows.</param>
/// <param name="events">Sends it.</param>
/// <param name="plots">Draws it.</param>
/// <param name="stop">Requests a stop of the run.</param>
internal sealed class PageEndpoints(PageState page, EventStream events, PagePlots plots, Action stop)
{
    /// <summary>Declares them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", SendPageAsync);
        routes.MapGet("/events", events.SendAsync);
        routes.MapGet("/state.json", SendStateAsync);
        routes.MapGet("/plots/{name}.svg", SendPlotAsync);
        routes.MapPost("/stop", StopAsync);
    }

    private static Task SendPageAsync(HttpContext http) => SendAsync(http, "text/html; charset=utf-8", PageHtml.Own.Content);

    private Task SendStateAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(PageJson.Write(page.Shown(afterLine: 0)), http.RequestAborted);
    }

    private async Task SendPlotAsync(HttpContext http)
    {
        var (name, query) = (http.Request.RouteValues["name"] as string ?? "", http.Request.Query);
        var width = int.TryParse(query["width"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 720;
        if (await plots.SvgAsync(query["side"].ToString(), name, query["theme"] == "dark", width, http.RequestAborted) is { } svg)
            await SendAsync(http, "image/svg+xml", svg);
        else
            http.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private Task StopAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        stop();
        return Task.CompletedTask;
    }

    private static Task SendAsync(HttpContext http, string type, byte[] content)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = content.Length;
        return http.Response.Body.WriteAsync(content, http.RequestAborted).AsTask();
    }
}
