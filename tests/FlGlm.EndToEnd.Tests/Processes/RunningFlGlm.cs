using System.Net;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>One running <c>flglm</c>, in this process or in a separate one. Every wait has a time-out of at most two minutes.</summary>
internal abstract class RunningFlGlm : IAsyncDisposable
{
    /// <summary>What a line with the address of a page has.</summary>
    protected const string PageAt = "page: http";

    private const string Listening = "listening on ";

    /// <summary>The longest time for a run to end after it was stopped.</summary>
    protected static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(2));

    public LineLog Output { get; } = new();

    public LineLog Error { get; } = new();

    protected CancellationToken Patience => _patience.Token;

    /// <summary>A line of standard output that contains a text.</summary>
    public Task<string> LineAsync(string text) => LineAsync(text, Output);

    /// <summary>The address of its page.</summary>
    /// <param name="log">where its messages go; null = standard output</param>
    public async Task<Uri> PageAsync(LineLog? log = null)
    {
        var line = await LineAsync(PageAt, log ?? Output);
        return new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Split('"', ' ')[0]);
    }

    /// <summary>A server's address, with its real port.</summary>
    public async Task<string> AddressAsync()
    {
        var line = await LineAsync(Listening);
        var address = line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Split(',')[0];
        return IPEndPoint.Parse(address).ToString();
    }

    /// <summary>The exit code, once the run is over and all its lines are read.</summary>
    public async Task<int> ExitAsync()
    {
        try
        {
            return await EndAsync();
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"It did not end. {this}");
        }
    }

    /// <summary>Fails with everything that was written, where the exit code is another.</summary>
    public async Task ExitsWithAsync(int code)
    {
        if (await ExitAsync() is var found && found != code)
            Assert.Fail($"Exit code {found} where {code} was expected. {this}");
    }

    public override string ToString() => $"It wrote:\n{Output}\n-- on standard error:\n{Error}";

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _patience.Dispose();
    }

    protected abstract Task<int> EndAsync();

    /// <summary>Ends it in any state.</summary>
    protected abstract Task StopAsync();

    private async Task<string> LineAsync(string text, LineLog log)
    {
        try
        {
            return await log.WaitAsync(text, Patience) ?? throw new InvalidOperationException($"It ended without '{text}'. {this}");
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"'{text}' did not come. {this}");
        }
    }
}
