using FlGlm.EndToEnd.Tests.Processes;

namespace FlGlm.EndToEnd.Tests.BadInput;

/// <summary>A server in this process; after every refused client a valid client must still finish.</summary>
internal sealed class ServingServer : IAsyncDisposable
{
    private readonly RunningFlGlm _server;

    private ServingServer(SplitFolder folder, RunningFlGlm server, string address) => (Folder, _server, Address) = (folder, server, address);

    public SplitFolder Folder { get; }

    public string Address { get; }

    public static async Task<ServingServer> StartAsync(SplitFolder folder, params string[] settings)
    {
        var server = InProcessFlGlm.Start(folder.Server(settings));
        return new ServingServer(folder, server, await server.AddressAsync());
    }

    /// <summary>Runs a client that must be refused, and checks the server's report.</summary>
    /// <param name="side">the client's name, where others still write; empty = nobody does</param>
    public async Task RefusesAsync(string[] client, int exitCode, string[] says, string report, string side = "")
    {
        await using (var run = InProcessFlGlm.Start(client))
            await Refusal.AssertAsync(Folder, run, exitCode, says, side);
        await ReportsAsync(report);
    }

    /// <summary>The server reports it in one line.</summary>
    public async Task ReportsAsync(string report) => Assert.Matches("is gone: .", await _server.LineAsync(report));

    /// <summary>A valid client still finishes its run.</summary>
    /// <param name="running">where it has been started already</param>
    public async Task FinishesAsync(string client = "ada", RunningFlGlm? running = null)
    {
        await using (var run = running ?? InProcessFlGlm.Start(Folder.Client(client, Address)))
            await run.ExitsWithAsync(0);
        await _server.ExitsWithAsync(0);
        Assert.Equal(6, Folder.Losses(client).Count);
        Assert.Empty(_server.Error.Lines);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();
}
