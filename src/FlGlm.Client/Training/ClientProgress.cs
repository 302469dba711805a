using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Training;

/// <summary>How far a client is in its run, which its checkpoints keep.</summary>
/// <param name="checkpoints">null = a restart of either side ends the run</param>
internal sealed class ClientProgress(ClientCheckpoints? checkpoints)
{
    private RunPlan? _plan;

    /// <summary>Steps that a client takes in the turns before this one, had it taken part in all.</summary>
    private long _before;

    /// <summary>Where the next step is.</summary>
    public TurnPlace Place { get; private set; } = TurnPlace.First;

    /// <summary>The turn of the place; null before the server has announced it.</summary>
    public ClientTurn? Turn { get; private set; }

    /// <summary>Steps taken over all turns.</summary>
    public int Step { get; private set; }

    /// <summary>The last turn is over: only the results are to be fetched.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The client has trained enough, and has left before the last turn: the others go on.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>The id of the run; empty before it is known.</summary>
    public string RunId { get; private set; } = "";

    /// <summary>The server's plan.</summary>
    public RunPlan Plan
    {
        get => _plan ?? throw new InvalidOperationException("Nothing is agreed on yet.");
        set
        {
            (_plan, RunId) = (value, value.RunId);
            checkpoints?.Every = value.Checkpoint.Every;
        }
    }

    /// <summary>The client takes up a run of an earlier process.</summary>
    public bool IsResumed => checkpoints is { IsResumed: true };

    /// <summary>The client has something of the run: before, a server that begins again with another run may take it.</summary>
    public bool HasBegun => Step > 0 || Turn is not null || HasCheckpoints;

    /// <summary>The places that the client can go back to, the oldest first.</summary>
    public IReadOnlyList<TurnPlace> Places => [.. (checkpoints?.Places ?? []).DefaultIfEmpty(TurnPlace.First)];

    private bool HasCheckpoints => checkpoints?.Newest is not null;

    /// <summary>Takes up the newest checkpoint, where there is one; head and tail are not changed.</summary>
    public void TakeNewest()
    {
        if (checkpoints?.Newest is { } newest)
            Take(newest);
    }

    /// <summary>Whether the client has the checkpoint of a place, where it has any.</summary>
    public bool CanGoBackTo(TurnPlace place) => !HasCheckpoints || checkpoints!.Places.Contains(place);

    /// <summary>Head and tail are those of a checkpoint again; later ones are removed.</summary>
    /// <exception cref="CheckpointException">It is torn or has been changed; nothing has happened then.</exception>
    /// <exception cref="ProtocolException">The client has none.</exception>
    public async Task GoBackAsync(TurnPlace place, CancellationToken ct)
    {
        if (HasCheckpoints)
            Take(await checkpoints!.RestoreAsync(place, ct).ConfigureAwait(false));
        else if (place != TurnPlace.First || Step > 0)
            throw new ProtocolException(FaultCode.WrongStep, $"The server goes back to {place}, and this client has no checkpoints.");
    }

    /// <summary>The server has announced the turn.</summary>
    /// <param name="samples">n_i</param>
    /// <exception cref="ProtocolException">It is another than the client expects.</exception>
    public async Task BeginTurnAsync(Turn turn, long samples, CancellationToken stop, CancellationToken ct)
    {
        if (Step > 0 && turn.Round != Place.Round)
            throw new ProtocolException(FaultCode.WrongStep, $"The server gives turn {turn.Round}, and this client is at {Place}.");
        Turn = ClientTurn.Of(turn, Plan, samples);
        _before = (turn.Round - 1L) * Plan.StepsPerTurn(samples);
        if (turn.Round != Place.Round)
            Place = new TurnPlace(turn.Round, 0); // a late client begins with another than the first
        if (Place.Steps == 0 && !HasCheckpoints)
            await KeepAsync(stop, ct).ConfigureAwait(false);
    }

    /// <summary>A step is taken: writes a checkpoint where one is due.</summary>
    public async Task StepTakenAsync(CancellationToken stop, CancellationToken ct)
    {
        Step++;
        Place = Place with { Steps = Place.Steps + 1 };
        if (checkpoints?.IsDue(_before + Place.Steps) == true && Place.Steps < Turn!.Steps)
            await KeepAsync(stop, ct).ConfigureAwait(false);
    }

    /// <summary>A stop is requested in the midst of the turn.</summary>
    public Task StopAsync(CancellationToken stop, CancellationToken ct) =>
        checkpoints?.Newest?.Place == Place ? Task.CompletedTask : KeepAsync(stop, ct, state => state with { IsStop = true });

    /// <summary>The steps of the turn are taken.</summary>
    /// <param name="areAll">else the client has trained enough with those that it has taken</param>
    public Task EndStepsAsync(bool areAll, CancellationToken stop, CancellationToken ct)
    {
        Place = new TurnPlace(Place.Round, areAll ? Turn!.Steps : Place.Steps, IsEnded: true);
        return KeepAsync(stop, ct);
    }

    /// <summary>Whether a client that takes no further step has turns or steps left.</summary>
    public bool IsEarly => Turn is { } turn && !(turn.IsLast && Place.Steps == turn.Steps);

    /// <summary>The turn is over, and head and tail have the average.</summary>
    /// <param name="leaves">the client has trained enough</param>
    public Task EndTurnAsync(bool leaves, CancellationToken stop, CancellationToken ct)
    {
        (Place, IsOver, HasLeft, Turn) = (new TurnPlace(Place.Round + 1, 0), leaves || Turn!.IsLast, leaves, null);
        return KeepAsync(stop, ct);
    }

    /// <summary>The results are saved. Written down before the server hears it: it waits for this client no longer then.</summary>
    public Task SavedAsync(CancellationToken stop, CancellationToken ct) => KeepAsync(stop, ct, state => state with { IsSaved = true });

    /// <summary>The server has confirmed the end, or does not answer: nothing is left to do.</summary>
    public Task EndAsync(CancellationToken stop, CancellationToken ct) => KeepAsync(stop, ct, state => state with { IsSaved = true, IsConfirmed = true });

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="stop">ends the wait for a full disk</param>
    private Task KeepAsync(CancellationToken stop, CancellationToken ct, Func<ClientState, ClientState>? change = null)
    {
        var state = new ClientState(Step, Place) { RunId = RunId, Turn = Turn, IsOver = IsOver, HasLeft = HasLeft };
        return checkpoints?.SaveAsync(change?.Invoke(state) ?? state, stop, ct) ?? Task.CompletedTask;
    }

    private void Take(ClientState state) => (Place, Turn, Step, IsOver, HasLeft, RunId) = (state.Place, state.Turn, (int)state.Step, state.IsOver, state.HasLeft, state.RunId);
}
