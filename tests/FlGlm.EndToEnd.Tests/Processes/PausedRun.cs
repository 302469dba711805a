namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>A server and two clients, paused at a known point: a proxy holds back ada's bytes within a step; ben waits for its turn. One side is a process of its own.</summary>
internal sealed class PausedRun : IAsyncDisposable
{
    /// <summary>Within the third step or the fourth: a step sends 2 x 16 KB, the handshake about 2.</summary>
    private const long InAStep = 100_000;

    private readonly Stack<IAsyncDisposable> _running = new();

    private readonly string _separate;

    private PausedRun(string separate, bool insecure) => (_separate, Folder) = (separate, new SplitFolder { Clients = ["ada", "ben"], Insecure = insecure });

    public SplitFolder Folder { get; }

    public RunningFlGlm Server { get; private set; } = null!;

    public RunningFlGlm Ada { get; private set; } = null!;

    /// <summary>The side in a process of its own, which a signal can reach.</summary>
    public FlGlmProcess Separate => (FlGlmProcess)(_separate == "server" ? Server : Ada);

    public InProcessFlGlm Ben { get; private set; } = null!;

    public RecordingProxy Proxy { get; private set; } = null!;

    /// <param name="separate">which side is <see cref="Separate"/>: server or ada</param>
    /// <param name="server">settings of the server</param>
    public static async Task<PausedRun> StartAsync(string separate, bool insecure, params string[] server)
    {
        var run = new PausedRun(separate, insecure);
        try
        {
            await run.StartAsync(server);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_running.TryPop(out var running))
            await running.DisposeAsync();
        Folder.Dispose();
    }

    private async Task StartAsync(string[] server)
    {
        Server = Running(Start("server", Folder.Server(server)));
        var address = await Server.AddressAsync();
        Proxy = Running(new RecordingProxy(address) { HoldAfter = InAStep });
        Ada = Running(Start("ada", Folder.Client("ada", Proxy.Address)));
        await Server.LineAsync("ada joined with ");
        Ben = Running(InProcessFlGlm.Start(Folder.Client("ben", address)));
        await Proxy.Held;
        await Ben.LineAsync("waiting for the turn: place 1 of 1");
    }

    private RunningFlGlm Start(string side, string[] args) => side == _separate ? FlGlmProcess.Start(args) : InProcessFlGlm.Start(args);

    private T Running<T>(T started)
        where T : IAsyncDisposable
    {
        _running.Push(started);
        return started;
    }
}
