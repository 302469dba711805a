using System.Globalization;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>
/// Writes the checkpoints of one side on its lane, keeps the newest, and does with a disk that refuses as <c>checkpoint.when_disk_full</c> says. No
/// step may be under way: the tensors are written as they are, without a copy.
/// </summary>
internal sealed class CheckpointWriter(CheckpointStore store, CheckpointSettings settings, ComputeLane lane, RunEvents events)
{
    private static readonly TimeSpan ReaderLimit = TimeSpan.FromSeconds(5);

    /// <summary>Changed and read on the lane.</summary>
    private readonly List<IReadOnlyList<string>> _held = [];

    /// <summary>Steps between two of them, as the plan of the run says.</summary>
    public int Every { get; set; } = settings.Every;

    /// <summary>Where they are written.</summary>
    public CheckpointStore Store => store;

    /// <summary>Those that are kept, of all names in the order of writing: by default the newest.</summary>
    public Func<IReadOnlyList<string>, IEnumerable<string>> Kept { get; init; } = names => names.TakeLast(settings.Keep);

    /// <summary>The run waits until the disk takes a checkpoint.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>The time between two attempts while the disk refuses.</summary>
    internal TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether a checkpoint is due after a number of steps.</summary>
    public bool IsDue(long step) => step % Every == 0;

    /// <summary>Reports how often checkpoints are written and how large one is.</summary>
    public void ReportSize(long bytes) => events.Report(string.Create(
        CultureInfo.InvariantCulture, $"a checkpoint every {Every} steps: {bytes / 1e6:0.0##} MB each, the last {settings.Keep} are kept"));

    /// <summary>Writes a checkpoint when the events before it are read, then removes those that are too old.</summary>
    /// <param name="state">called on the lane, before <paramref name="files"/></param>
    /// <param name="files">called on the lane, in a dispose scope: the tensors of each file, such as <see cref="TrainingState.Tensors"/></param>
    /// <param name="stop">ends the attempts on a disk that refuses</param>
    /// <exception cref="CheckpointException">The disk refuses; the checkpoints before are whole.</exception>
    public async Task WriteAsync(
        string name, Func<RunProgress> state, Func<IReadOnlyDictionary<string, IReadOnlyDictionary<string, Tensor>>> files, CancellationToken stop, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        await events.WhenReadAsync(ReaderLimit).ConfigureAwait(false);
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                await lane.RunAsync(() => Write(name, state, files), ct).ConfigureAwait(false);
                IsPaused = false;
                if (!isFirst)
                    events.Report($"checkpoint '{name}' is written, the run goes on");
                return;
            }
            catch (CheckpointException e) when (settings.WhenDiskFull == WhenDiskFull.Pause && !either.IsCancellationRequested)
            {
                IsPaused = true;
                if (isFirst)
                    events.Warn($"the run pauses, since checkpoint '{name}' cannot be written ({e.Message}); it goes on when there is room (checkpoint.when_disk_full)");
                await Task.Delay(RetryAfter, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Holds checkpoints back that would soon be too old, while a side goes back to one of them.</summary>
    /// <param name="choose">chooses among all names; called on the lane, where none is being written or removed</param>
    public async Task<HeldCheckpoints> HoldAsync(Func<IReadOnlyList<string>, IReadOnlyList<string>> choose)
    {
        var names = await lane.RunAsync(
            () =>
            {
                var chosen = choose(store.Names);
                _held.Add(chosen);
                return chosen;
            },
            CancellationToken.None).ConfigureAwait(false);
        return new HeldCheckpoints(names, () => lane.RunAsync(() => _held.Remove(names), CancellationToken.None));
    }

    private void Write(string name, Func<RunProgress> state, Func<IReadOnlyDictionary<string, IReadOnlyDictionary<string, Tensor>>> files)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        store.Write(name, state(), files());
        var kept = Kept(store.Names).Concat(_held.SelectMany(names => names)).ToHashSet();
        store.Remove(old => !kept.Contains(old));
    }
}
