using System.Net;
using Microsoft.AspNetCore.Http;

namespace FlGlm.Cli.Web.Access;

/// <summary>Whether a request comes from our own page: other pages that the browser shows must neither read nor stop a run.</summary>
internal static class RequestOrigin
{
    /// <summary>
    /// Whether the Host of a request is this machine. A name that somebody else has made point here (DNS rebinding) is not: their page would be of the
    /// same origin as ours.
    /// </summary>
    /// <param name="local">The address at which the request came in.</param>
    public static bool IsOwnHost(HostString host, ListenAddress listen, IPAddress? local)
    {
        var name = host.Host.Trim('[', ']');
        if (name.Length == 0)
            return false;
        if (IPAddress.TryParse(name, out var address))
            return IPAddress.IsLoopback(address) || Plain(address).Equals(local is null ? null : Plain(local));
        return string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase) || string.Equals(name, listen.Host, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether another page has sent it. Browsers name the page of every POST, and of every request that scripts make at another address.</summary>
    public static bool IsForeign(HttpRequest request)
    {
        var origins = request.Headers.Origin;
        if (origins.Count > 0 && !string.Equals(origins.ToString(), $"http://{request.Host.Value}", StringComparison.OrdinalIgnoreCase))
            return true;
        if (HttpMethods.IsPost(request.Method) && origins.Count == 0)
            return true;
        return request.Path != "/" && request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
