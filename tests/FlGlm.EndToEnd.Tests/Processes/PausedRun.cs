namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>A server and two clients, paused at a known point: a proxy holds back ada's bytes within a step; ben, in this process, waits for its turn.</summary>
internal sealed class PausedRun : IAsyncDisposable
{
    /// <summary>Within the third step or the fourth: a step sends 2 x 16 KB, the handshake about 2.</summary>
    private const long InAStep = 100_000;

    private readonly Stack<IAsyncDisposable> _running = new();

    private PausedRun(bool insecure) => Folder = new SplitFolder { Clients = ["ada", "ben"], Insecure = insecure };

    public SplitFolder Folder { get; }

    public FlGlmProcess Server { get; private set; } = null!;

    public FlGlmProcess Ada { get; private set; } = null!;

    public InProcessFlGlm Ben { get; private set; } = null!;

    public RecordingProxy Proxy { get; private set; } = null!;

    public static async Task<PausedRun> StartAsync(bool insecure)
    {
        var run = new PausedRun(insecure);
        try
        {
            await run.StartAsync();
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

    private async Task StartAsync()
    {
        Server = Running(FlGlmProcess.Start(Folder.Server()));
        var address = await Server.AddressAsync();
        Proxy = Running(new RecordingProxy(address) { HoldAfter = InAStep });
        Ada = Running(FlGlmProcess.Start(Folder.Client("ada", Proxy.Address)));
        await Server.LineAsync("ada joined with ");
        Ben = Running(InProcessFlGlm.Start(Folder.Client("ben", address)));
        await Proxy.Held;
        await Ben.LineAsync("waiting for the turn: place 1 of 1");
    }

    private T Running<T>(T started)
        where T : IAsyncDisposable
    {
        _running.Push(started);
        return started;
    }
}
