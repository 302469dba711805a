using System.Text.Json;
using System.Text.Json.Serialization;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Privacy.Accounting;

/// <summary>
/// What a run has released, in a file beside its secret. The file is <see cref="Ahead"/> releases ahead of what has left, so that a process that is
/// killed has never released more than it says; a run that goes on begins with what it says.
/// </summary>
internal sealed class ReleaseLedger
{
    /// <summary>Releases of a row that are written before they happen.</summary>
    public const int Ahead = 50;

    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) } };
    private readonly string _path;
    private readonly IReadOnlyList<ReleaseCount> _before;
    private IReadOnlyList<ReleaseCount> _written = [];

    private ReleaseLedger(string path, IReadOnlyList<ReleaseCount> before) => (_path, _before) = (path, before);

    /// <summary>Opens the file of a run that goes on; without one nothing has been released.</summary>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    public static ReleaseLedger Open(string path)
    {
        try
        {
            var before = File.Exists(path) ? JsonSerializer.Deserialize<List<ReleaseCount>>(File.ReadAllBytes(path), Form) ?? [] : [];
            return before.All(count => count is { Releases: >= 0, Noise: >= 0, Steps: null or { Rate: > 0 and <= 1, First: >= 1 } })
                ? new ReleaseLedger(path, before)
                : throw new CheckpointException(path, $"'{path}' counts fewer than 0 releases, or negative noise. Put the right file back, or begin a new run.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CheckpointException(path, $"'{path}', which counts what a run has released, cannot be read: {e.Message} Put the right file back, or begin a new run.", inner: e);
        }
    }

    /// <summary>What the run's earlier processes and this one have released.</summary>
    /// <param name="now">of this process</param>
    public IReadOnlyList<ReleaseCount> All(IReadOnlyList<ReleaseCount> now) =>
    [
        .. _before.Concat(now).Where(count => count.Steps is null)
            .GroupBy(count => count with { Releases = 0 }).Select(group => group.Key with { Releases = group.Sum(count => count.Releases) }),
        .. _before.Concat(now).Where(count => count.Steps is not null),
    ];

    /// <summary>Makes sure that the file covers these releases, before they happen.</summary>
    /// <param name="now">of this process, those that are about to happen included</param>
    /// <exception cref="CheckpointException">The file cannot be written: nothing may be released.</exception>
    public void Cover(IReadOnlyList<ReleaseCount> now)
    {
        if (now.All(count => count.Releases == 0 || _written.Any(written => written.Covers(count))))
            return;
        var open = now.LastOrDefault(count => count.Steps is not null)?.Steps;
        Write([.. now.Select(count => count.Releases == 0 || count.Steps != open && count.Steps is not null ? count : count.Plus(Ahead))]);
    }

    /// <summary>Writes what has happened and no more, where nothing follows.</summary>
    /// <param name="now">of this process</param>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public void Settle(IReadOnlyList<ReleaseCount> now)
    {
        if (_written.Count > 0)
            Write(now);
    }

    private void Write(IReadOnlyList<ReleaseCount> now)
    {
        AtomicFile.Write(_path, file => JsonSerializer.Serialize(file, All(now).Where(count => count.Releases > 0), Form));
        _written = now;
    }
}
