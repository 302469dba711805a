using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FlGlm.Cli.Web;

/// <summary>Where the page listens: <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>localhost:8080</c>, <c>gpu.example:8080</c>.</summary>
/// <param name="Host">Without brackets.</param>
/// <param name="Port">0 lets the system choose one.</param>
internal sealed record ListenAddress(string Host, int Port)
{
    /// <summary>Whether no other machine reaches it.</summary>
    public bool IsLoopback => IsLocalhost || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    private bool IsLocalhost => string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>The address of a setting; null where it is none.</summary>
    public static ListenAddress? TryParse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return null;
        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
            return IPAddress.TryParse(host[1..^1], out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? new ListenAddress(host[1..^1], port) : null;
        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 ? new ListenAddress(host, port) : null;
    }

    /// <summary>The address of this machine to bind; of a name the first one that it has, IPv4 before IPv6.</summary>
    /// <exception cref="SocketException">There is no such name.</exception>
    public async Task<IPEndPoint> ResolveAsync(CancellationToken ct)
    {
        if (IPAddress.TryParse(Host, out var address))
            return new IPEndPoint(address, Port);
        if (IsLocalhost)
            return new IPEndPoint(IPAddress.Loopback, Port);
        var all = await Dns.GetHostAddressesAsync(Host, ct);
        return new IPEndPoint(all.FirstOrDefault(each => each.AddressFamily == AddressFamily.InterNetwork) ?? all[0], Port);
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
