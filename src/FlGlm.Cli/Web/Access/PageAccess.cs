using FlGlm.Core.Configuration;
using Microsoft.AspNetCore.Http;

namespace FlGlm.Cli.Web.Access;

/// <summary>Who may see the page: checks every request before any endpoint does, and exchanges the token for a cookie.</summary>
/// <param name="listen">Where the page listens.</param>
/// <param name="token">Null = none is needed.</param>
/// <param name="policy">The content security policy.</param>
internal sealed class PageAccess(ListenAddress listen, WebToken? token, string policy)
{
    private const string LoginPath = "/login";
    private const string Bearer = "Bearer ";
    private readonly PageSessions _sessions = new();

    /// <summary>The rules of some settings.</summary>
    /// <exception cref="ConfigurationException">A token is needed and is not there.</exception>
    public static PageAccess Of(WebSettings settings, ListenAddress listen, string policy) =>
        new(listen, listen.IsLoopback ? null : WebToken.Read(settings.Token, listen), policy);

    /// <summary>The middleware.</summary>
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        SetHeaders(http.Response.Headers);
        if (!RequestOrigin.IsOwnHost(http.Request.Host, listen, http.Connection.LocalIpAddress))
            await RefuseAsync(http, StatusCodes.Status421MisdirectedRequest, "This page is reached by the address of web.listen, by localhost, or by an IP address of its machine.");
        else if (RequestOrigin.IsForeign(http.Request))
            await RefuseAsync(http, StatusCodes.Status403Forbidden, "Another page has sent this request.");
        else if (http.Request is { Path.Value: "/", Method: "GET" } && http.Request.Query.ContainsKey("token"))
            Exchange(http, http.Request.Query["token"].ToString());
        else if (http.Request is { Path.Value: LoginPath, Method: "POST" })
            await LogInAsync(http);
        else if (http.Request.Path == "/" || IsKnown(http))
            await next(http);
        else
            await RefuseAsync(http, StatusCodes.Status401Unauthorized, "The token is missing: open /?token=... with the token of the file web.token.");
    }

    private void SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    /// <summary>The cookie of a browser, or the token itself of a program that can send a header.</summary>
    private bool IsKnown(HttpContext http)
    {
        if (token is null || _sessions.Contains(http.Request.Cookies[CookieName(http)]))
            return true;
        var header = http.Request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && token.Matches(header[Bearer.Length..].Trim());
    }

    /// <summary>Whatever the token, the address without it follows: there the page asks for a token if this one was wrong.</summary>
    private void Exchange(HttpContext http, string given)
    {
        if (token?.Matches(given) == true)
            AddCookie(http);
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = "/";
    }

    private async Task LogInAsync(HttpContext http)
    {
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : null;
        if (token?.Matches(form?["token"].ToString().Trim() ?? "") == false)
        {
            await RefuseAsync(http, StatusCodes.Status401Unauthorized, "This is not the token.");
            return;
        }

        if (token is not null)
            AddCookie(http);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private void AddCookie(HttpContext http) => http.Response.Cookies.Append(
        CookieName(http), _sessions.Add(), new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });

    /// <summary>Browsers send a cookie to every port of a host: each page has a name of its own.</summary>
    private static string CookieName(HttpContext http) => $"flglm-{http.Connection.LocalPort}";

    private static Task RefuseAsync(HttpContext http, int status, string reason)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(reason + "\n", http.RequestAborted);
    }
}
