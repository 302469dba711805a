using System.Net;
using System.Net.Sockets;

namespace FlGlm.Testing;

public static class LoopbackPort
{
    /// <summary>A port of this machine that nobody listens on, for a process that does not report the port that it took.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
