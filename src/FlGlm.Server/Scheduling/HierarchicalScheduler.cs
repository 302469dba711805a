using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Aggregation;
using FlGlm.Server.Events;
using FlGlm.Server.Participants;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// The server-hierarchical strategy: every client trains with a replica of the middle of its own, all at the same time. Every period ends with a
/// barrier, at which head, middle and tail are averaged, weighted by rows, in the order of the seats.
/// </summary>
public sealed class HierarchicalScheduler : ISplitScheduler
{
    private readonly RunPlan _plan;
    private readonly MiddleStage _stage;
    private readonly RunEvents _events;
    private readonly IReadOnlyList<ComputeLane> _lanes;
    private readonly Lock _gate = new();
    private readonly List<PeriodTurn> _turns = [];
    private readonly FederatedAverage _mean = new();
    private readonly FederatedAverage _middles = new();
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ParameterSet? _average;
    private int _period = 1;
    private long _total;
    private bool _isAveraging;

    private bool IsLast => (long)_period * _plan.Training.AveragePeriod >= _total;

    /// <param name="middle">what the replicas begin with, and what holds the last average</param>
    /// <param name="lanes">threads for the replicas beside the middle's own; 0 = as many as there are processors for, none on a GPU</param>
    public HierarchicalScheduler(RunPlan plan, MiddleWorker middle, RunEvents events, int lanes = 0)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(middle);
        (_plan, _stage, _events) = (plan, middle.Stage, events);
        var free = middle.Stage.Blueprint.Device.type == TorchSharp.DeviceType.CPU ? (Environment.ProcessorCount / get_num_threads()) - 1 : 0;
        var more = Math.Clamp(lanes > 0 ? lanes : free, 0, plan.Clients.Expected - 1);
        _lanes = [middle.Lane, .. Enumerable.Range(2, more).Select(lane => new ComputeLane($"compute {lane}"))];
    }

    /// <inheritdoc/>
    public int Waiting => 0;

    /// <inheritdoc/>
    public IReadOnlyList<Participant> WaitedFor
    {
        get
        {
            lock (_gate)
                return [.. _turns.Where(turn => turn.Begun.IsCompleted && !turn.IsEnded).Select(turn => turn.Participant)];
        }
    }

    /// <inheritdoc/>
    public Task<bool> Completion => _completion.Task;

    /// <inheritdoc/>
    public async Task StartAsync(IReadOnlyList<Participant> participants)
    {
        ArgumentNullException.ThrowIfNull(participants);
        _total = _plan.ServerSteps([.. participants.Select(participant => participant.Samples)]);
        foreach (var participant in participants)
            await AddAsync(participant).ConfigureAwait(false);
        _events.Report(new ServerEvent.Started([.. participants.Select(participant => participant.Name)]));
        lock (_gate)
            BeginPeriod();
    }

    /// <summary>A late participant begins with the next period, from the averages.</summary>
    /// <inheritdoc/>
    public async Task AddAsync(Participant late)
    {
        ArgumentNullException.ThrowIfNull(late);
        await OnFirstLaneAsync(() => Add(late)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<RoundTurn> WaitForTurnAsync(Participant participant, Action<QueuePlace> moved, CancellationToken ct) => Of(participant).Begun.WaitAsync(ct);

    /// <inheritdoc/>
    public Task<(PassTicket? Ticket, Tensor Output)> ForwardAsync(
        Participant participant, MiddleLeg leg, PassMode mode, StepTimings seconds, CancellationToken ct) =>
        Of(participant).Replica.Steps.ForwardAsync(leg, mode, seconds, ct);

    /// <inheritdoc/>
    public Task<Tensor> BackwardAsync(
        Participant participant, PassTicket ticket, MiddleLeg leg, bool accumulate, StepTimings seconds, CancellationToken ct) =>
        Of(participant).Replica.Steps.BackwardAsync(ticket, leg, accumulate, seconds, ct);

    /// <inheritdoc/>
    public Task DropAsync(Participant participant, PassTicket ticket) => Of(participant).Replica.Steps.DropAsync(ticket);

    /// <inheritdoc/>
    public async Task<ParameterSet?> EndTurnAsync(Participant participant, ParameterSet? parameters, CancellationToken ct)
    {
        var turn = Of(participant);
        await turn.Replica.Steps.EndAsync().ConfigureAwait(false);
        Task<ParameterSet?> over;
        lock (_gate)
            over = turn.End(parameters);
        await EndPeriodAsync().ConfigureAwait(false);
        return await over.WaitAsync(ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(Participant participant)
    {
        PeriodTurn? turn;
        lock (_gate)
        {
            turn = _turns.Find(each => each.Participant == participant);
            if (turn is null)
                return;
            _turns.Remove(turn);
        }

        await turn.Replica.Steps.AbandonAsync().ConfigureAwait(false);
        await OnFirstLaneAsync(turn.Dispose).ConfigureAwait(false);
        await EndPeriodAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var turn in _turns)
            turn.Dispose();
        foreach (var lane in _lanes.Skip(1))
            lane.Dispose();
        _mean.Dispose();
        _middles.Dispose();
        _average?.Dispose();
    }

    /// <summary>What changes replicas or their number happens on one thread, one after the other.</summary>
    private Task<bool> OnFirstLaneAsync(Action change) => _lanes[0].RunAsync(
        () =>
        {
            change();
            return true;
        },
        CancellationToken.None);

    private void Add(Participant participant)
    {
        if (_completion.Task.IsCompleted)
            throw new ProtocolException(FaultCode.Full, "The last period of this run is over. Start a new run on both sides.");
        var replica = new MiddleReplica(_stage, participant.Seat, _plan.Optimizer, _total, _lanes[(participant.Seat - 1) % _lanes.Count]);
        lock (_gate)
        {
            _turns.Add(new PeriodTurn(participant, replica, isNew: _average is not null));
            _turns.Sort((one, other) => one.Participant.Seat.CompareTo(other.Participant.Seat));
        }
    }

    private PeriodTurn Of(Participant participant)
    {
        lock (_gate)
            return _turns.Single(turn => turn.Participant == participant);
    }

    private void BeginPeriod()
    {
        var steps = (int)Math.Min(_plan.Training.AveragePeriod, _total - ((_period - 1L) * _plan.Training.AveragePeriod));
        foreach (var turn in _turns)
            turn.Begin(new RoundTurn(_period, turn.IsNew ? _average : null, steps, _total, IsLast));
    }

    /// <summary>Averages and begins the next period, once all whose turn it is have ended it.</summary>
    private async Task EndPeriodAsync()
    {
        List<PeriodTurn> ended;
        lock (_gate)
        {
            ended = [.. _turns.Where(turn => turn.Begun.IsCompleted)];
            if (_isAveraging || _completion.Task.IsCompleted || !ended.TrueForAll(turn => turn.IsEnded))
                return;
            _isAveraging = true;
        }

        try
        {
            await OnFirstLaneAsync(() => Average(ended)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            foreach (var turn in ended)
                turn.Fail(e);
            throw;
        }

        Release(ended);
    }

    private void Release(IReadOnlyList<PeriodTurn> ended)
    {
        lock (_gate)
        {
            _isAveraging = false;
            if (IsLast || _turns.Count == 0)
                _completion.TrySetResult(_turns.Count > 0);
            _period++;
            foreach (var turn in ended)
                turn.EndPeriod(_average);
            if (!_completion.Task.IsCompleted)
                BeginPeriod();
        }
    }

    private void Average(IReadOnlyList<PeriodTurn> ended)
    {
        foreach (var turn in ended)
        {
            _middles.Add(turn.Participant.Seat, ParameterSet.CopyOf(turn.Replica.Parameters), turn.Participant.Samples);
            if (turn.TakeParameters() is { } parameters)
                _mean.Add(turn.Participant.Seat, parameters, turn.Participant.Samples);
        }

        if (_middles.Clients > 0)
        {
            using var middle = _middles.Take();
            middle.CopyTo(_stage.Parameters);
            foreach (var turn in Turns())
                middle.CopyTo(turn.Replica.Parameters);
        }

        var counted = _mean.Clients;
        if (counted == 0)
            return;
        _average?.Dispose();
        _average = _mean.Take();
        _events.Report(new ServerEvent.RoundAveraged(_period, counted));
    }

    private List<PeriodTurn> Turns()
    {
        lock (_gate)
            return [.. _turns];
    }
}
