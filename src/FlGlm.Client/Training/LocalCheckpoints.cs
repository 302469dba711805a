using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>Writes and restores the checkpoints of a <see cref="LocalTrainer"/>: of the middle, and of the data owner whose turn it is.</summary>
internal sealed class LocalCheckpoints
{
    private const string Side = "train";
    private const string MiddleFile = "middle";
    private const string OwnerFile = "owner";
    private readonly SplitModel _model;
    private readonly IReadOnlyList<ClientTraining> _owners;
    private readonly TrainingState _middle;
    private readonly RunEvents _events;
    private readonly CheckpointWriter _writer;
    private readonly IReadOnlyList<DataFingerprint> _data;
    private readonly ModelContent _content;
    private string? _newest;

    private LocalCheckpoints(
        CheckpointStore store, SplitModel model, IReadOnlyList<ClientTraining> owners, TrainingState middle, IReadOnlyList<DataFingerprint> data, ModelContent content, RunEvents events)
    {
        (_model, _owners, _middle, _data, _content, _events) = (model, owners, middle, data, content, events);
        _writer = new CheckpointWriter(store, model.Plan.Checkpoint, model.Lane, events);
    }

    /// <summary>The folder of checkpoints that the options name; null = none.</summary>
    /// <exception cref="ConfigurationException">It has some, and the run is not to go on with them.</exception>
    public static CheckpointStore? OpenStore(TrainerOptions options)
    {
        if (options.Checkpoints.Length == 0)
            return null;
        return CheckpointStore.OpenFor(options.Checkpoints, options.Resume);
    }

    /// <summary>Reads rows and weights once, which every checkpoint names.</summary>
    public static async Task<LocalCheckpoints> OpenAsync(
        CheckpointStore store, SplitModel model, IReadOnlyList<ClientTraining> owners, TrainingState middle, RunEvents events, CancellationToken ct)
    {
        var content = await model.ReadContentAsync(ct).ConfigureAwait(false);
        var data = await Task.Run(() => owners.Select(owner => owner.Fingerprint()).ToList(), ct).ConfigureAwait(false);
        return new LocalCheckpoints(store, model, owners, middle, data, content, events);
    }

    /// <summary>Restores a checkpoint and removes later ones.</summary>
    /// <param name="name">empty = the newest</param>
    /// <returns>where it stands; null where there is none to resume</returns>
    /// <exception cref="ConfigurationException">The plan is another than the checkpoint's.</exception>
    /// <exception cref="CheckpointException">Its files are damaged, or of another build, model or data.</exception>
    public async Task<LocalState?> ResumeAsync(string name, CancellationToken ct)
    {
        var store = _writer.Store;
        if (store.Names.Count == 0 && name.Length == 0)
            return null;
        var stored = store.Open(name.Length > 0 ? name : store.Names[^1]);
        var state = stored.State<LocalState>(Side);
        state.Origin.Expect(_model.Plan, _content, stored.Path);
        foreach (var (then, now) in state.Data.Zip(_data))
            then.Expect(now, stored.Path);
        foreach (var (then, now) in (state.Defences ?? []).Zip(_owners))
            DefenceChange.Expect(then, now.Defence);
        await _model.Lane.RunAsync(
            () =>
            {
                _middle.Restore(stored, MiddleFile, state.Middle);
                _owners[state.Owner].Restore(stored, OwnerFile, state.Own, state.Best);
            },
            ct).ConfigureAwait(false);
        store.RemoveAfter(stored.Name);
        _newest = stored.Name;
        return state;
    }

    /// <summary>Reports how large a checkpoint is.</summary>
    public void ReportSize() => _writer.ReportSize(_middle.Bytes + _owners.Max(owner => owner.State.Bytes));

    /// <summary>Writes a checkpoint if one is due after a step.</summary>
    public Task WriteIfDueAsync(int owner, int step, CancellationToken stop, CancellationToken ct) =>
        _writer.IsDue(step) ? WriteAsync(owner, step, stop, ct) : Task.CompletedTask;

    /// <summary>Writes a checkpoint, unless this is where the newest stands.</summary>
    /// <param name="owner">whose turn it is</param>
    /// <param name="step">steps of that owner</param>
    public async Task WriteAsync(int owner, int step, CancellationToken stop, CancellationToken ct)
    {
        var name = _owners.Count > 1 ? $"owner-{owner + 1}-step-{step}" : $"step-{step}";
        if (name == _newest)
            return;
        var training = _owners[owner];
        var state = new LocalState(
            Side, _middle.Steps.Taken, Round: 1, CheckpointOrigin.Of(_model.Plan, _content), _data, owner, step, _middle.Steps, training.State.Steps)
        {
            Best = training.Best?.State, Defences = [.. _owners.Select(each => each.Defence)],
        };
        await _writer.WriteAsync(name, () => state, () => Files(training), stop, ct).ConfigureAwait(false);
        _newest = name;
    }

    /// <summary>Reports that a run goes on, and from where.</summary>
    public void ReportResumed(LocalState state)
    {
        var all = _owners.Sum(owner => (long)owner.Batches.Steps);
        _events.Report($"resumed from checkpoint '{_newest}': {state.Step} of {all} steps are taken{(state.Step >= all ? ", nothing is left to do" : "")}");
        _events.Report(new Events.ClientEvent.RolledBack(state.OwnerStep));
    }

    private Dictionary<string, IReadOnlyDictionary<string, Tensor>> Files(ClientTraining owner) => new(owner.Files(OwnerFile)) { [MiddleFile] = _middle.Tensors() };
}
