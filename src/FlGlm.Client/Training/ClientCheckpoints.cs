using System.Collections.Concurrent;
using System.Globalization;
using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>The checkpoints of a client: head and tail, their optimizer and dropout, and its place in the run.</summary>
internal sealed class ClientCheckpoints
{
    private const string Values = "client";
    private readonly CheckpointWriter _writer;
    private readonly ClientTraining _training;
    private readonly SplitModel _model;
    private readonly CheckpointOrigin _origin;
    private readonly DataFingerprint _data;
    private readonly ConcurrentDictionary<string, ClientState> _states;
    private bool _isSizeReported;

    /// <param name="store">where they are</param>
    /// <param name="from">the one to go on from; later ones are removed when it is known to fit. Empty = the newest</param>
    /// <param name="data">what the client trains on</param>
    /// <exception cref="CheckpointException">One of them is torn or has been changed, or is of another build, other weights or other data.</exception>
    /// <exception cref="ConfigurationException">They are of another plan.</exception>
    public ClientCheckpoints(CheckpointStore store, string from, ClientTraining training, SplitModel model, ModelContent content, DataFingerprint data, RunEvents events)
    {
        (_training, _model, _origin, _data) = (training, model, CheckpointOrigin.Of(model.Plan, content), data);
        _writer = new CheckpointWriter(store, model.Plan.Checkpoint, model.Lane, events) { Kept = Kept };
        _states = new(store.StatesUpTo<ClientState>(from, ClientState.OfClient));
        if (Newest is { } newest)
            Check(newest, content);
        if (from.Length > 0)
            store.RemoveAfter(from);
    }

    /// <summary>Steps between two of them, as the server's plan says: both sides then have the same ones.</summary>
    public int Every
    {
        set
        {
            _writer.Every = value;
            if (!_isSizeReported)
                _writer.ReportSize(_training.State.Bytes);
            _isSizeReported = true;
        }
    }

    /// <summary>The process goes on with a run, also where that has not reached its first checkpoint.</summary>
    public bool IsResumed { get; init; }

    /// <summary>The newest; null where there are none.</summary>
    public ClientState? Newest => Store.Names.Select(_states.GetValueOrDefault).LastOrDefault(state => state is not null);

    /// <summary>The places of all, the oldest first; one that is being written may be missing.</summary>
    public IReadOnlyList<TurnPlace> Places => [.. Store.Names.Select(name => _states.GetValueOrDefault(name)?.Place).OfType<TurnPlace>()];

    private CheckpointStore Store => _writer.Store;

    /// <summary>Whether a step, counted over all turns, ends with a checkpoint.</summary>
    public bool IsDue(long step) => _writer.IsDue(step);

    /// <summary>Writes a checkpoint, which is complete when the task is; called between two steps.</summary>
    /// <param name="state">without what only this object knows</param>
    /// <param name="stop">ends the wait for a full disk</param>
    public async Task SaveAsync(ClientState state, CancellationToken stop, CancellationToken ct)
    {
        var complete = state with { Origin = _origin, Data = _data, Optimizer = _training.State.Steps, Best = _training.Best?.State, Defence = _training.Defence };
        var name = NameOf(state.Place);
        await _writer.WriteAsync(
            name, () => complete, () => new Dictionary<string, IReadOnlyDictionary<string, Tensor>>(_training.Files(Values)), stop, ct).ConfigureAwait(false);
        _states[name] = complete;
        Forget();
    }

    /// <summary>Goes back to the checkpoint of a place; later ones are removed.</summary>
    /// <exception cref="CheckpointException">There is none, or it is torn or has been changed; nothing has happened then.</exception>
    public async Task<ClientState> RestoreAsync(TurnPlace place, CancellationToken ct)
    {
        var name = Store.Names.LastOrDefault(name => _states.GetValueOrDefault(name)?.Place == place)
            ?? throw new CheckpointException(Store.Path, $"'{Store.Path}' has no checkpoint at {place}, to which the server goes back.");
        await _model.Lane.RunAsync(() => _training.Restore(Store.Open(name), Values, _states[name].Optimizer, _states[name].Best), ct).ConfigureAwait(false);
        Store.RemoveAfter(name);
        Forget();
        return _states[name];
    }

    /// <summary>
    /// As at the server the newest beginnings and ends of turns, and the newest steps in between; and the newest of all, which may be of a step that
    /// the server has none of.
    /// </summary>
    private IEnumerable<string> Kept(IReadOnlyList<string> names)
    {
        var keep = _model.Plan.Checkpoint.Keep;
        var shared = names.Where(name => _states.GetValueOrDefault(name)?.IsStop != true).ToLookup(IsOfTurn);
        return [.. shared[true].TakeLast(keep), .. shared[false].TakeLast(keep), names[^1]];
    }

    private bool IsOfTurn(string name) => _states.GetValueOrDefault(name)?.Place is { Steps: 0 } or { IsEnded: true };

    /// <summary>Those that the store has removed.</summary>
    private void Forget()
    {
        foreach (var name in _states.Keys.Except(Store.Names).ToList())
            _states.TryRemove(name, out _);
    }

    private void Check(ClientState newest, ModelContent content)
    {
        var path = Store.FolderOf(Store.Names[^1]);
        newest.Origin?.Expect(_model.Plan, content, path);
        newest.Data?.Expect(_data, path);
        DefenceChange.Expect(newest.Defence, _training.Defence);
    }

    private static string NameOf(TurnPlace place) =>
        string.Create(CultureInfo.InvariantCulture, $"turn-{place.Round:d4}-step-{place.Steps:d6}{(place.IsEnded ? "-end" : "")}");
}
