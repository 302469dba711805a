using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.LocalRuns;

/// <summary>The folder of one run: a configuration file and a run directory of each side.</summary>
/// <param name="path">Is created.</param>
/// <param name="config">What the sides have in common.</param>
/// <param name="keys">Each side's keys, by its name.</param>
internal sealed class LocalFolder(string path, FlGlmConfig config, IReadOnlyDictionary<string, KeysSettings> keys)
{
    /// <summary>The server's name.</summary>
    public const string Server = "server";

    // Below the ports that systems give to outgoing connections: one of those could take the server's while it is down.
    private const int FirstPort = 20_000;
    private const int LastPort = 31_999;

    public string Path => path;

    /// <summary>Whether each client has all files that the configuration names, instead of one of several.</summary>
    public bool KeepsFilesTogether { get; init; }

    /// <summary>The names of the clients, in the order of their seats.</summary>
    public IReadOnlyList<string> Clients => config.Clients.Names;

    /// <summary>All sides, the server first.</summary>
    public IEnumerable<string> Sides => Clients.Prepend(Server);

    /// <summary>The run directory of a side.</summary>
    public string RunOf(string side) => System.IO.Path.Combine(path, side);

    /// <summary>A port of this machine that nothing listens at.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(FirstPort, LastPort + 1);
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another program has it.
            }
        }
    }

    /// <summary>The names of clients, and the keys of all sides.</summary>
    public static (IReadOnlyList<string> Clients, IReadOnlyDictionary<string, KeysSettings> Keys) MakeKeys(string folder, int clients)
    {
        var names = NamesOf(clients);
        return (names, LocalKeys.Make(folder, Server, names));
    }

    /// <summary>The names of clients.</summary>
    public static IReadOnlyList<string> NamesOf(int clients) => [.. Enumerable.Range(1, clients).Select(number => $"client{number.ToString(CultureInfo.InvariantCulture)}")];

    /// <summary>Writes the server's configuration.</summary>
    public LocalSide AddServer(int port) => Add(Server, ["server"], config with { Server = config.Server with { Listen = $"127.0.0.1:{port}" } });

    /// <summary>Writes a client's configuration.</summary>
    /// <param name="index">Counted from 0.</param>
    /// <param name="address">Of the server, or of what stands before it.</param>
    public LocalSide AddClient(int index, string address) => Add(Clients[index], ["client"], config with
    {
        Client = config.Client with { Name = Clients[index], Connect = address },
        Data = DataOf(index),
    });

    /// <summary>Writes a configuration, and the run directory and keys of a side into it; a side has no page.</summary>
    /// <param name="name">The side's.</param>
    /// <param name="command">With its options.</param>
    public LocalSide Add(string name, IReadOnlyList<string> command, FlGlmConfig own)
    {
        Directory.CreateDirectory(path);
        var file = System.IO.Path.Combine(path, $"{name}.yaml");
        File.WriteAllText(file, ConfigWriter.Write(own with { Keys = keys.GetValueOrDefault(name) ?? own.Keys, Run = own.Run with { Directory = RunOf(name), LogEvery = 1 }, Web = new() }));
        return new LocalSide(name, command, file);
    }

    /// <summary>Of several files each client has its own; divided rows stay divided.</summary>
    private DataSettings DataOf(int index) => config.Data switch
    {
        { Partition.By: not PartitionMethod.None } data => data with { Partition = data.Partition with { Parts = Clients.Count, Index = index + 1 } },
        { Train.Count: > 1 } data when !KeepsFilesTogether => data with { Train = [data.Train[index % data.Train.Count]] },
        var data => data,
    };
}
