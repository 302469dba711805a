using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Server.Cluster;
using static TorchSharp.torch;

namespace FlGlm.Server.Recovery;

/// <summary>
/// The checkpoints of a server: at the beginning of every turn everything (<c>turn-0002</c>), and in between the middle of a client, or of all
/// (<c>turn-0002-seat-1-step-000050</c>). A client can go back to the beginning of the turn that goes on, or to a step in it.
/// </summary>
internal sealed class ServerCheckpoints
{
    /// <summary>The file of the middle.</summary>
    public const string Middle = "middle";

    /// <summary>The file of the last average.</summary>
    public const string Average = "average";

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CheckpointWriter _writer;
    private readonly CheckpointOrigin _origin;
    private readonly ConcurrentDictionary<string, ServerState> _states;
    private readonly CancellationTokenSource _closing = new();

    /// <param name="writer">writes them; it must keep what <see cref="Kept"/> says</param>
    /// <param name="from">the one to go on from; later ones are removed when it is known to fit. Empty = the newest</param>
    /// <exception cref="CheckpointException">One is torn or has been changed, or is of another build or other weights.</exception>
    /// <exception cref="ConfigurationException">They are of another plan.</exception>
    public ServerCheckpoints(CheckpointWriter writer, string from, SplitModel model, ModelContent content)
    {
        (_writer, _origin) = (writer, CheckpointOrigin.Of(model.Plan, content));
        _states = new(Store.StatesUpTo<ServerState>(from, ServerState.OfServer));
        Beginning = _states.Values.Where(state => state.Steps == 0).MaxBy(state => state.Turn);
        if (_states.Values.MaxBy(state => state.Turn) is { } newest && newest.Turn != Beginning?.Turn)
            Store.Open(NameOf(newest.Turn, 0, 0)); // says what is wrong with its beginning
        Beginning?.Origin?.Expect(model.Plan, content, Store.FolderOf(NameOf(Beginning.Turn, 0, 0)));
        if (from.Length > 0)
            Store.RemoveAfter(from);
    }

    /// <summary>The run waits until the disk takes one.</summary>
    public bool IsPaused => _writer.IsPaused;

    /// <summary>Called where one could not be written, which ends the run.</summary>
    public Action<Exception> Failed { get; set; } = _ => { };

    /// <summary>The id of the run.</summary>
    public string RunId { get; set; } = "";

    /// <summary>The number of servers of the run.</summary>
    public int Servers { get; private set; } = 1;

    /// <summary>The turns to whose beginning it can go back.</summary>
    public IReadOnlyList<TurnMark> Turns => [.. _states.Values.Where(state => state.Steps == 0).OrderBy(state => state.Turn).Select(state => new TurnMark(state.RunId, state.Turn))];

    /// <summary>The beginning of the turn that goes on; null before the start.</summary>
    public ServerState? Beginning { get; private set; }

    private CheckpointStore Store => _writer.Store;

    /// <summary>The file of a client's replica of the middle.</summary>
    public static string ReplicaOf(int seat) => string.Create(CultureInfo.InvariantCulture, $"replica-{seat}");

    /// <summary>The file of the average with which a client has left.</summary>
    public static string AverageOf(int seat) => string.Create(CultureInfo.InvariantCulture, $"average-{seat}");

    /// <summary>The file of the head and tail that a client has sent for the next average.</summary>
    public static string AdaptersOf(int seat) => string.Create(CultureInfo.InvariantCulture, $"adapters-{seat}");

    /// <summary>Those that are kept: the newest turns, and of the last one the newest steps of each client.</summary>
    public static IEnumerable<string> Kept(IReadOnlyList<string> names, int keep)
    {
        var turns = names.Where(name => !IsStep(name)).TakeLast(keep).ToList();
        var steps = turns.Count == 0 ? [] : names.Where(name => IsStep(name) && name.StartsWith(turns[^1], StringComparison.Ordinal));
        return [.. turns, .. steps.GroupBy(name => name[..name.IndexOf("step-", StringComparison.Ordinal)]).SelectMany(ofSeat => ofSeat.TakeLast(keep))];
    }

    /// <summary>The run is interrupted: who leaves now is still part of it, so that nothing is written any more.</summary>
    public void Close() => _closing.Cancel();

    /// <summary>Whether a step of a client, counted over all turns, ends with a checkpoint.</summary>
    public bool IsDue(long step) => _writer.IsDue(step);

    /// <summary>Writes the beginning of the next turn; complete when the task is.</summary>
    /// <param name="state">without what only this object knows; called on the lane</param>
    /// <param name="files">called on the lane</param>
    public async Task BeginTurnAsync(Func<ServerState> state, Func<IReadOnlyDictionary<string, IReadOnlyDictionary<string, Tensor>>> files)
    {
        var turn = (Beginning?.Turn ?? 0) + 1;
        Beginning = await WriteAsync(NameOf(turn, 0, 0), () => state() with { RunId = RunId, Origin = _origin, Turn = turn, Servers = Servers }, files).ConfigureAwait(false) ?? Beginning;
    }

    /// <summary>Writes the middle after a step; complete when the task is. No step of it may be under way.</summary>
    /// <param name="seat">whose step it is; 0 = of all</param>
    /// <param name="steps">taken in this turn</param>
    /// <param name="seats">called on the lane</param>
    public Task KeepStepAsync(int seat, int steps, Func<IReadOnlyList<SeatState>> seats, TrainingState middle) => WriteAsync(
        NameOf(Beginning!.Turn, seat, steps),
        () => Beginning with { Step = middle.Steps.Taken, Seat = seat, Steps = steps, Seats = seats(), Optimizer = middle.Steps },
        () => new Dictionary<string, IReadOnlyDictionary<string, Tensor>> { [Middle] = middle.Tensors() });

    /// <summary>The run has several servers, which go on with the newest turn that all have.</summary>
    /// <param name="turn">later ones are removed; 0 = all are, and the run begins</param>
    /// <exception cref="ConfigurationException">The run began with another number of servers.</exception>
    public void BeginTogether(int turn, int servers)
    {
        ExpectServers(servers);
        Servers = servers;
        Store.Remove(name => _states.TryGetValue(name, out var state) && (turn == 0 || state.Turn > turn));
        Forget();
        Beginning = _states.Values.FirstOrDefault(state => state.Turn == turn && state.Steps == 0);
    }

    /// <exception cref="ConfigurationException">The run began with another number of servers.</exception>
    public void ExpectServers(int servers)
    {
        if (Beginning is { } beginning && beginning.Servers != servers)
            throw new ConfigurationException("server.cluster", $"'{Store.Path}' has the checkpoints of a run of {beginning.Servers} server(s), and this one has {servers}. Start as many as it began with.");
    }

    /// <summary>Whether a client has its results.</summary>
    public bool HasFetched(string identity) => Fetched().Contains(identity);

    /// <summary>Writes down that a client has its results.</summary>
    public async Task AddFetchedAsync(string identity)
    {
        await _writing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (Beginning is not null)
                JsonFile.Write(FetchedPath, new FetchedResults(RunId, [.. Fetched().Append(identity).Distinct()]));
        }
        finally
        {
            _writing.Release();
        }
    }

    private string FetchedPath => Path.Combine(Store.Path, "fetched.json");

    /// <summary>The clients of this run that have their results.</summary>
    private IReadOnlyList<string> Fetched() =>
        JsonFile.FindObject(FetchedPath)?.Deserialize<FetchedResults>() is { Clients: { } clients, RunId: var run } && run == (Beginning?.RunId ?? RunId) ? clients : [];

    /// <summary>The steps of the turn that goes on at which a client can go on, the newest first; 0 is its beginning.</summary>
    /// <param name="seat">0 = all together</param>
    public IReadOnlyList<int> StepsOf(int seat) => StepsOf(_states.Keys.Where(name => IsStepOf(seat, name)));

    /// <summary>Holds the checkpoints of those steps, while a client goes back to one of them.</summary>
    /// <param name="seat">0 = all together</param>
    public Task<HeldCheckpoints> HoldStepsAsync(int seat) => _writer.HoldAsync(names => [.. names.Where(name => IsStepOf(seat, name))]);

    /// <summary>The steps of held checkpoints, the newest first.</summary>
    public IReadOnlyList<int> StepsOf(HeldCheckpoints held) => StepsOf(held.Names);

    /// <summary>The state at a step of the turn that goes on.</summary>
    public ServerState StateOf(int seat, int steps) => _states[NameOf(Beginning!.Turn, seat, steps)];

    /// <summary>Sets the middle of a client to what it was at a step of the turn that goes on; called on its lane.</summary>
    /// <param name="seat">0 = the middle of all</param>
    /// <param name="file">the file at the turn's beginning</param>
    public void Restore(int seat, int steps, string file, OptimizerSteps counts, TrainingState middle)
    {
        var name = NameOf(Beginning!.Turn, seat, steps);
        middle.Restore(Store.Open(name), steps == 0 ? file : Middle, counts);
    }

    /// <summary>A client goes on from a step: removes the checkpoints of it that are later.</summary>
    /// <param name="seat">0 = all go on</param>
    public async Task RemoveAfterAsync(int seat, int steps)
    {
        await _writing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            Store.Remove(name => _states.TryGetValue(name, out var state) && state.Turn == Beginning!.Turn && state.Seat == seat && state.Steps > steps);
            Forget();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>The tensors of a file at the beginning of the turn that goes on; null where it has none.</summary>
    public ParameterSet? Find(string file)
    {
        var checkpoint = Store.Open(NameOf(Beginning!.Turn, 0, 0));
        return checkpoint.Files.Contains(file) ? Read(checkpoint, file) : null;
    }

    /// <returns>what was written; null where the run is interrupted</returns>
    private async Task<ServerState?> WriteAsync(string name, Func<ServerState> state, Func<IReadOnlyDictionary<string, IReadOnlyDictionary<string, Tensor>>> files)
    {
        await _writing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            ServerState written = null!;
            await _writer.WriteAsync(name, () => written = state(), files, _closing.Token, _closing.Token).ConfigureAwait(false);
            _states[name] = written;
            Forget();
            return written;
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            Failed(e);
            throw;
        }
        finally
        {
            _writing.Release();
        }
    }

    private static ParameterSet Read(StoredCheckpoint checkpoint, string file) => new([.. checkpoint.Read(file).Select(tensor => (tensor.Key, tensor.Value))]);

    /// <summary>Those that the store has removed.</summary>
    private void Forget()
    {
        foreach (var name in _states.Keys.Except(Store.Names).ToList())
            _states.TryRemove(name, out _);
    }

    /// <summary>Whether a client can go on at it.</summary>
    private bool IsStepOf(int seat, string name) =>
        _states.TryGetValue(name, out var state) && state.Turn == Beginning?.Turn && (state.Steps == 0 || state.Seat == seat);

    private IReadOnlyList<int> StepsOf(IEnumerable<string> names) => [.. names.Select(_states.GetValueOrDefault).OfType<ServerState>().Select(state => state.Steps).Distinct().OrderDescending()];

    private static bool IsStep(string name) => name.Contains("step-", StringComparison.Ordinal);

    private static string NameOf(int turn, int seat, int steps)
    {
        var whose = seat == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"-seat-{seat}");
        return string.Create(CultureInfo.InvariantCulture, $"turn-{turn:d4}") + (steps == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{whose}-step-{steps:d6}"));
    }

    private sealed record FetchedResults(string RunId, IReadOnlyList<string> Clients);
}
