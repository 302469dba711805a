using System.Diagnostics;
using System.Globalization;

namespace FlGlm.Cli.LocalRuns;

/// <summary>A server and its clients, each a process of this program, from beginning to end.</summary>
internal sealed class LocalRun
{
    private readonly Stopwatch _clock = new();

    /// <param name="folder">New, for its files.</param>
    /// <param name="port">Of the server.</param>
    /// <param name="address">Where clients connect: the server's, or what stands before it.</param>
    public LocalRun(LocalFolder folder, int port, string address) =>
        Sides = [folder.AddServer(port), .. folder.Clients.Index().Select(client => folder.AddClient(client.Index, address))];

    /// <summary>The server, then the clients.</summary>
    public IReadOnlyList<LocalSide> Sides { get; }

    /// <summary>The clients.</summary>
    public IEnumerable<LocalSide> Clients => Sides.Skip(1);

    /// <summary>How long it has run.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>The last lines of each process.</summary>
    public IReadOnlyList<string> LastLines => LinesOf(Sides);

    /// <summary>The last lines of some processes, with their names.</summary>
    public static IReadOnlyList<string> LinesOf(IEnumerable<LocalSide> sides) => [.. sides.SelectMany(side => side.Lines.Select(line => $"{side.Name}: {line}"))];

    /// <summary>Starts all sides and waits until they have ended; where one ends badly the others are ended too.</summary>
    /// <param name="limit">How long it may take; null = as long as it takes.</param>
    /// <param name="beside">What goes on meanwhile.</param>
    /// <returns>why that is no good end; null = it is one</returns>
    public async Task<string?> EndAsync(TimeSpan? limit, CancellationToken ct, params IEnumerable<Func<CancellationToken, Task>> beside)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (limit is { } most)
            over.CancelAfter(most);
        _clock.Start();
        List<Task<string?>> open = [.. Sides.Select(side => EndAsync(side, over.Token))];
        List<Task> all = [.. open, .. beside.Select(work => work(over.Token))];
        string? failure = null;
        try
        {
            while (failure is null && open.Count > 0)
            {
                var ended = await Task.WhenAny(open);
                open.Remove(ended);
                failure = await ended;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            failure = string.Create(CultureInfo.InvariantCulture, $"it did not end within {limit?.TotalSeconds:0} s");
        }
        finally
        {
            _clock.Stop();
            await over.CancelAsync();
            await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return failure;
    }

    /// <summary>Runs one process to its end.</summary>
    /// <returns>why that is no good end; null = it is one</returns>
    public static async Task<string?> EndAsync(LocalSide side, CancellationToken ct)
    {
        var code = await side.RunAsync(ct);
        return code == 0 ? null : $"{side.Name} ended with exit code {code.ToString(CultureInfo.InvariantCulture)}: {side.Lines.LastOrDefault()}";
    }
}
