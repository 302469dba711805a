using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Aggregation;
using FlGlm.Server.Hosting;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// The serial strategy: clients take turns in the order of joining; each turn continues with the middle's weights of the turn before, and the
 /// clients' weights are averaged at the end of every round. State changes only on the compute lane, so no lock is needed.
/// </summary>
public sealed class SerialScheduler(RunPlan plan, TimedMiddle middle, IServerObserver observer) : ISplitScheduler
{
    private readonly List<SerialTurn> _turns = [];
    private readonly List<long> _samples = [];
    private readonly FederatedAverage _mean = new();
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _joined;
    private int _left;
    private int _round = 1;
    private int _waiting;
    private SerialTurn? _current;

    /// <summary>The last client's parameters of this round, which <see cref="_mean"/> owns.</summary>
    private ParameterSet? _previous;

    private ParameterSet? _average;

    public int Waiting => Volatile.Read(ref _waiting);

    public Task<bool> Completion => _completion.Task;

    public Task<JoinedClient> JoinAsync(string name, long samples, CancellationToken ct) => middle.Lane.RunAsync(
        () =>
        {
            if (_joined == plan.Clients.Expected || _completion.Task.IsCompleted)
                throw new ProtocolException(FaultCode.Full, $"This run takes {plan.Clients.Expected} clients (clients.expected) and has them.");
            var client = new JoinedClient(++_joined, name, samples);
            _turns.Add(new SerialTurn(client));
            _samples.Add(samples);
            if (IsLengthKnown)
                middle.SetTotalSteps(plan.ServerSteps(_samples));
            return client;
        },
        ct);

    public async Task<ParameterSet?> WaitForTurnAsync(JoinedClient client, Action<QueuePlace> moved, CancellationToken ct)
    {
        var begun = await OnLaneAsync(() => Of(client).RequestTurn(moved), ct);
        return await begun.WaitAsync(ct);
    }

    public Task<Timed<StagePass>> ForwardAsync(JoinedClient client, Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct) =>
        middle.ForwardAsync(hidden, layout, mode, ct);

    public Task<Timed<Tensor>> BackwardAsync(JoinedClient client, StagePass pass, Tensor gradient, CancellationToken ct) =>
        middle.BackwardAsync(pass, gradient, ct);

    public async Task<ParameterSet?> EndTurnAsync(JoinedClient client, ParameterSet? parameters, CancellationToken ct)
    {
        await middle.WaitForStepAsync();
        var over = await OnLaneAsync(() => Finish(Of(client), parameters), ct);
        return await over.WaitAsync(ct);
    }

    public Task LeaveAsync(JoinedClient client) => OnLaneAsync(() => Remove(Of(client)), CancellationToken.None);

    public void Dispose()
    {
        _mean.Dispose();
        _average?.Dispose();
    }

    private SerialTurn Of(JoinedClient client) => _turns.Single(turn => turn.Client == client);

    private Task<T> OnLaneAsync<T>(Func<T> change, CancellationToken ct) => middle.Lane.RunAsync(
        () =>
        {
            var result = change();
            Advance();
            return result;
        },
        ct);

    private Task<ParameterSet?> Finish(SerialTurn turn, ParameterSet? parameters)
    {
        if (parameters is not null)
        {
            _mean.Add(turn.Client.Number, parameters, turn.Client.Samples);
            _previous = plan.Serial.Handover == SerialHandover.Previous ? parameters : null;
        }

        _current = null;
        return turn.Finish();
    }

    private bool Remove(SerialTurn turn)
    {
        _turns.Remove(turn);
        _left++;
        if (_current == turn)
            _current = null;
        return true;
    }

    private void Advance()
    {
        if (_completion.Task.IsCompleted)
            return;
        if (_turns.Count == plan.Clients.Expected - _left && _turns.All(turn => turn.IsFinished))
            EndRound();
        if (_current is null && IsLengthKnown && _turns.FirstOrDefault(turn => !turn.IsFinished) is { IsWaiting: true } next)
            Begin(next);
        ReportPlaces();
    }

    /// <summary>Whether the number of all steps is known: in epochs it follows from every client's rows.</summary>
    private bool IsLengthKnown => plan.Training.Epochs == 0 || _joined == plan.Clients.Expected;

    private void Begin(SerialTurn next)
    {
        _current = next;
        observer.TurnStarted(next.Client.Name, _round);
        next.Begin(_previous);
    }

    private void EndRound()
    {
        var counted = _mean.Clients;
        _previous = null;
        _average?.Dispose();
        _average = counted > 0 ? _mean.Take() : null;
        if (counted > 0)
            observer.RoundAveraged(_round, counted);
        foreach (var turn in _turns)
            turn.EndRound(_average);
        if (_round++ == plan.Training.Rounds || _turns.Count == 0)
            _completion.TrySetResult(_turns.Count > 0);
    }

    private void ReportPlaces()
    {
        var waiting = _turns.Where(turn => turn.IsWaiting).ToList();
        Volatile.Write(ref _waiting, waiting.Count);
        for (var i = 0; i < waiting.Count; i++)
            waiting[i].ReportPlace(new QueuePlace(i + 1, waiting.Count));
    }
}
