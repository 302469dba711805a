using FlGlm.Cli.LocalRuns;
using FlGlm.Cli.Runs;
using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Simulation;

/// <summary>The run of one cell: training by processes of this program, and where there is a task an evaluation of what they have trained.</summary>
/// <param name="cell">Which.</param>
/// <param name="path">A new folder for its files.</param>
/// <param name="keys">Each side's, by its name.</param>
internal sealed class CellRun(SimulateCell cell, string path, IReadOnlyDictionary<string, KeysSettings> keys)
{
    private const string Whole = "train";
    private readonly LocalFolder _folder = new(path, cell.Config, keys);
    private readonly Lock _gate = new();
    private readonly TimeProvider _time = TimeProvider.System;
    private long? _first;
    private long _last;
    private double _firstSeconds;

    /// <summary>The sides that take steps: the clients, or the one process.</summary>
    private IReadOnlyList<string> Trainers => cell.IsCentralized ? [Whole] : _folder.Clients;

    /// <summary>The last lines of its processes, with their names.</summary>
    public IReadOnlyList<string> LastLines { get; private set; } = [];

    /// <summary>Trains, evaluates and measures; checkpoints, from which no run goes on any more, are removed.</summary>
    /// <param name="stepped">Called with every step of a client.</param>
    /// <exception cref="LocalRunException">A process has not ended well.</exception>
    public async Task<CellResult> RunAsync(Action<LocalStep> stepped, CancellationToken ct)
    {
        await (cell.IsCentralized ? TrainAsync(stepped, ct) : TrainSplitAsync(stepped, ct));
        var scores = cell.Task.Length > 0 ? await EvaluateAsync(ct) : null;
        foreach (var checkpoints in Trainers.Prepend(LocalFolder.Server).Select(side => RunDirectory.CheckpointsIn(_folder.RunOf(side))).Where(Directory.Exists))
            Directory.Delete(checkpoints, recursive: true);
        return CellResult.Of(cell, [.. Trainers.Select(_folder.RunOf)], Wall(), scores);
    }

    private async Task TrainAsync(Action<LocalStep> stepped, CancellationToken ct)
    {
        var side = _folder.Add(Whole, ["train"], cell.Config);
        Follow(side, stepped);
        Expect(await LocalRun.EndAsync(side, ct), [side]);
    }

    private async Task TrainSplitAsync(Action<LocalStep> stepped, CancellationToken ct)
    {
        var port = LocalFolder.FreePort();
        var run = new LocalRun(_folder, port, $"127.0.0.1:{port}");
        foreach (var client in run.Clients)
            Follow(client, stepped);
        Expect(await run.EndAsync(limit: null, ct), run.Sides);
    }

    private void Follow(LocalSide side, Action<LocalStep> stepped) => side.Stepped += (_, step) =>
    {
        Time(step);
        stepped(step);
    };

    /// <summary>After the last average every client has the same head and tail, and the server has shared the middle: the first one's are the whole model.</summary>
    private async Task<EvaluationSummary> EvaluateAsync(CancellationToken ct)
    {
        var trained = Path.Combine(_folder.RunOf(Trainers[0]), "adapter");
        var config = cell.Config with { Data = cell.Config.Data with { Partition = new PartitionSettings() } };
        var side = _folder.Add("evaluation", ["evaluate", "--local"], cell.Method == PeftMethod.None
            ? config with { Model = config.Model with { Path = trained } }
            : config with { Peft = config.Peft with { Start = trained } });
        Expect(await LocalRun.EndAsync(side, ct), [side]);
        return EvaluationScores.Read([_folder.RunOf("evaluation")]).Summaries[0];
    }

    private void Expect(string? failure, IEnumerable<LocalSide> sides)
    {
        if (failure is null)
            return;
        LastLines = LocalRun.LinesOf(sides);
        throw new LocalRunException(failure);
    }

    /// <summary>A client writes the line of a step when the step has ended.</summary>
    private void Time(LocalStep step)
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            if (_first is null)
                (_first, _firstSeconds) = (now, step.Seconds);
            _last = now;
        }
    }

    private double Wall()
    {
        lock (_gate)
            return _first is { } first ? _time.GetElapsedTime(first, _last).TotalSeconds + _firstSeconds : 0;
    }
}
