using System.Globalization;

namespace FlGlm.Core.Configuration;

/// <summary>An address in the form <c>127.0.0.1:7400</c>, <c>gpu.example:7400</c>, <c>[::1]:7400</c>.</summary>
/// <param name="Host">Without brackets.</param>
/// <param name="Port">0..65535; 0 lets the system choose one to listen on.</param>
internal sealed record HostPort(string Host, int Port)
{
    /// <summary>The address, or null if the text is no valid one.</summary>
    public static HostPort? TryParse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return null;
        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        else if (host.Contains(':', StringComparison.Ordinal))
            return null;
        return Uri.CheckHostName(host) == UriHostNameType.Unknown ? null : new HostPort(host, port);
    }

    /// <summary>The address of a setting that has been validated.</summary>
    /// <exception cref="FormatException">The text is no valid address.</exception>
    public static HostPort Parse(string text) => TryParse(text) ?? throw new FormatException($"'{text}' is no host:port.");

    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
