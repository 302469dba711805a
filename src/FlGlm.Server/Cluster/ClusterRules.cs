using FlGlm.Core.Configuration;
using FlGlm.Server.Hosting;

namespace FlGlm.Server.Cluster;

/// <summary>What a run of several servers asks of their settings.</summary>
internal static class ClusterRules
{
    /// <param name="ownScheduler">the caller decides who computes when</param>
    /// <exception cref="ConfigurationException">All problems.</exception>
    public static void Expect(ServerOptions options, bool ownScheduler)
    {
        Problem[] problems = [.. Problems(options, ownScheduler)];
        if (problems.Length > 0)
            throw new ConfigurationException(problems);
    }

    /// <summary>The settings of one of the servers: it listens on the port behind that of the one before.</summary>
    /// <exception cref="ConfigurationException">They do not fit the number of servers.</exception>
    public static ServerSettings SettingsOf(ServerSettings settings, ClientsSettings clients, int rank, int size)
    {
        if (clients.Names.Count < size)
            throw new ConfigurationException("clients.names", $"{clients.Names.Count} client(s) for {size} servers; a server without one would have nothing to do. Start fewer.");
        if (settings.Advertise.Count > 0 && settings.Advertise.Count != size)
            throw new ConfigurationException("server.advertise", $"{settings.Advertise.Count} address(es) for {size} servers; as many, or none.");
        var (host, port) = HostPort.Parse(settings.Listen);
        if (port + size > ushort.MaxValue + 1)
            throw new ConfigurationException("server.listen", $"There are not {size} ports from {port} on; take a lower one.");
        return settings with { Listen = new HostPort(host, port == 0 ? 0 : port + rank).ToString() };
    }

    private static IEnumerable<Problem> Problems(ServerOptions options, bool ownScheduler)
    {
        const string Key = "server.cluster";
        if (options.Plan.Training.Strategy != StrategyName.ServerHierarchical || ownScheduler)
            yield return new Problem(Key, "Several servers work with training.strategy: server_hierarchical only, where each client has a middle of its own.");
        if (options.Plan.Clients.Names.Count == 0)
            yield return new Problem("clients.names", "Several servers deal the clients by their seats: name all of them, in the order of the seats.");
        if (options.Server.GenerateOnly)
            yield return new Problem(Key, "A server that only generates works alone (server.generate_only).");
    }
}
