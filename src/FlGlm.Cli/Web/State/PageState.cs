using System.Security.Cryptography;

namespace FlGlm.Cli.Web.State;

/// <summary>Everything that the page shows, in bounded memory. Any thread may call it, and none waits for long.</summary>
/// <param name="title">The command.</param>
/// <param name="insecure">Whether nothing is encrypted.</param>
internal sealed class PageState(string title, bool insecure, TimeProvider time)
{
    public const string Failed = "failed";

    private readonly Lock _gate = new();
    private readonly List<SideState> _sides = [];
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _ended;
    private volatile string _reason = "";
    private long _version;
    private long _line;

    /// <summary>Which run of the program it is: line numbers of another one mean nothing here.</summary>
    public string Id { get; } = RandomNumberGenerator.GetHexString(8, lowercase: true);

    public TimeProvider Time => time;

    public string Title => title;

    /// <summary>Counts changes.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>The number of the last line of a log.</summary>
    public long LastLine => Interlocked.Read(ref _line);

    /// <summary><c>ended</c> or <c>failed</c>; null = the run goes on.</summary>
    public string? Ended => _ended;

    /// <summary>Completes when the run is over.</summary>
    public Task Over => _over.Task;

    /// <summary>Whether something of it changes without a call.</summary>
    public bool ChangesByItself => Sides.Any(side => side.Simulation is not null);

    public bool HasSeveralSides => Sides.Count > 1;

    public IReadOnlyList<SideState> Sides
    {
        get
        {
            lock (_gate)
                return [.. _sides];
        }
    }

    public SideState Add(string name, RunFacts facts, bool logsEvents = false)
    {
        var side = new SideState(this, name, facts, logsEvents);
        lock (_gate)
            _sides.Add(side);
        Change();
        return side;
    }

    public void Change() => Interlocked.Increment(ref _version);

    public long NextLine() => Interlocked.Increment(ref _line);

    /// <summary>The run is over.</summary>
    /// <param name="failure">Why it has failed; null = it has not.</param>
    /// <param name="reason">Why it has ended, if there is something to say.</param>
    public void End(string? failure, string reason = "")
    {
        (_reason, _ended) = (failure ?? reason, failure is null ? "ended" : Failed);
        Change();
        _over.TrySetResult();
    }

    /// <summary>The whole page, with the lines of logs after one, for JSON.</summary>
    public object Shown(long afterLine) => new
    {
        Title = title,
        Insecure = insecure,
        Id,
        Version,
        Now = time.GetUtcNow().ToUnixTimeMilliseconds(),
        IsWhole = afterLine == 0,
        IsOver = _ended is not null,
        Reason = _reason,
        Sides = Sides.Select(side => side.Shown(afterLine)).ToList(),
    };
}
