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
/// <param name="middle">what the replicas begin with, and what holds the last average</param>
public sealed class HierarchicalScheduler(RunPlan plan, MiddleWorker middle, RunEvents events) : ISplitScheduler
{
    private readonly Lock _gate = new();
    private readonly List<PeriodTurn> _turns = [];
    private readonly MiddleReplicas _replicas = new(plan, middle, events);
    private readonly PeriodAverage _average = new(middle.Stage);
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _period = 1;
    private long _total;
    private bool _isAveraging;

    /// <inheritdoc/>
    public int Waiting => 0;

    /// <inheritdoc/>
    public IReadOnlyList<Participant> WaitedFor => [.. Turns().Where(turn => turn.Begun.IsCompleted && !turn.IsEnded).Select(turn => turn.Participant)];

    /// <inheritdoc/>
    public Task<bool> Completion => _completion.Task;

    private bool IsLast => (long)_period * plan.Training.AveragePeriod >= _total;

    /// <inheritdoc/>
    public async Task StartAsync(IReadOnlyList<Participant> participants)
    {
        ArgumentNullException.ThrowIfNull(participants);
        _total = plan.ServerSteps([.. participants.Select(participant => participant.Samples)]);
        foreach (var participant in participants)
            await OnLaneAsync(() => Add(participant, isNew: false)).ConfigureAwait(false);
        events.Report(new ServerEvent.Started([.. participants.Select(participant => participant.Name)]));
        lock (_gate)
            BeginPeriod();
    }

    /// <summary>A late participant begins with the next period, from the averages.</summary>
    /// <inheritdoc/>
    public Task AddAsync(Participant late) => OnLaneAsync(() => Add(late, isNew: true));

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
        PeriodTurn turn;
        lock (_gate)
        {
            turn = _turns.Single(each => each.Participant == participant);
            _turns.Remove(turn);
        }

        await turn.Replica.Steps.AbandonAsync().ConfigureAwait(false);
        await OnLaneAsync(turn.Dispose).ConfigureAwait(false);
        await EndPeriodAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turns.ForEach(turn => turn.Dispose());
        _replicas.Dispose();
        _average.Dispose();
    }

    /// <summary>What changes the number of replicas or all their values happens on one thread, one after the other.</summary>
    private Task<bool> OnLaneAsync(Action change) => middle.Lane.RunAsync(
        () =>
        {
            change();
            return true;
        },
        CancellationToken.None);

    private void Add(Participant participant, bool isNew)
    {
        if (_completion.Task.IsCompleted)
            throw new ProtocolException(FaultCode.Full, "The last period of this run is over. Start a new run on both sides.");
        var turn = new PeriodTurn(participant, _replicas.Create(participant.Seat, _total), isNew);
        lock (_gate)
        {
            _turns.Add(turn);
            _turns.Sort((one, other) => one.Participant.Seat.CompareTo(other.Participant.Seat));
        }
    }

    private PeriodTurn Of(Participant participant) => Turns().Single(turn => turn.Participant == participant);

    private List<PeriodTurn> Turns()
    {
        lock (_gate)
            return [.. _turns];
    }

    private void BeginPeriod()
    {
        var steps = (int)Math.Min(plan.Training.AveragePeriod, _total - ((_period - 1L) * plan.Training.AveragePeriod));
        foreach (var turn in _turns)
            turn.Begin(new RoundTurn(_period, turn.IsNew ? _average.Last : null, steps, _total, IsLast));
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
            if (await middle.Lane.RunAsync(() => _average.Take(ended, Turns()), CancellationToken.None).ConfigureAwait(false) is > 0 and var counted)
                events.Report(new ServerEvent.RoundAveraged(_period, counted));
        }
        catch (Exception e)
        {
            ended.ForEach(turn => turn.Fail(e));
            throw;
        }

        lock (_gate)
            Release(ended);
    }

    private void Release(List<PeriodTurn> ended)
    {
        _isAveraging = false;
        if (IsLast || _turns.Count == 0)
            _completion.TrySetResult(_turns.Count > 0);
        _period++;
        ended.ForEach(turn => turn.EndPeriod(_average.Last));
        if (!_completion.Task.IsCompleted)
            BeginPeriod();
    }
}
