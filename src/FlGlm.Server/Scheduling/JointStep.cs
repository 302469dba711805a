using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Server.Participants;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>One optimizer step of the middle for the batches of several clients (client-batch), taken when the last gradient of every client is computed.</summary>
/// <param name="members">the clients that take this step</param>
internal abstract class JointStep(MiddleWorker middle, IEnumerable<Participant> members, BatchWeights weights) : IDisposable
{
    private readonly SortedDictionary<int, JointShare> _shares = new(members.ToDictionary(member => member.Seat, member => new JointShare(member)));
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isTaking;

    /// <summary>Called when the step is taken, before the next can begin: writes a checkpoint where one is due.</summary>
    public Func<Task> Keep { get; init; } = () => Task.CompletedTask;

    /// <summary>Completes when the optimizer has taken the step, or when every client has left before.</summary>
    public Task Taken => _taken.Task;

    protected MiddleWorker Middle => middle;

    /// <summary>Nothing of it is to be computed any more.</summary>
    protected bool IsAbandoned { get; private set; }

    /// <summary>Guards what the clients' sessions change.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>The clients of the step, in the order of their seats.</summary>
    protected IReadOnlyCollection<JointShare> Shares => _shares.Values;

    /// <inheritdoc cref="ISplitScheduler.ForwardAsync"/>
    public abstract Task<(PassTicket Ticket, Tensor Output)> ForwardAsync(Participant participant, MiddleLeg leg, StepTimings seconds, CancellationToken ct);

    /// <inheritdoc cref="ISplitScheduler.BackwardAsync"/>
    public abstract Task<Tensor> BackwardAsync(
        Participant participant, PassTicket ticket, MiddleLeg leg, StepTerms terms, StepTimings seconds, CancellationToken ct);

    /// <summary>Gives up a pass that waits for its gradient.</summary>
    public abstract Task DropAsync(Participant participant, PassTicket ticket);

    /// <summary>A client has left: the step goes on without it, and the weights of the others sum to 1.</summary>
    public async Task RemoveAsync(Participant participant)
    {
        lock (Gate)
        {
            _shares.Remove(participant.Seat);
            Leave(participant);
        }

        await GiveUpAsync(participant).ConfigureAwait(false);
        TakeIfComplete();
    }

    /// <summary>The step is not taken: nothing of it is computed any more that is not queued yet.</summary>
    public async Task AbandonAsync()
    {
        bool isTaking;
        lock (Gate)
            (isTaking, _isTaking, IsAbandoned) = (_isTaking, true, true);
        if (isTaking)
            await _taken.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        else
            _taken.TrySetCanceled();
    }

    /// <summary>Whether the client has sent its last gradient of this step.</summary>
    public bool IsDone(Participant participant)
    {
        lock (Gate)
            return _shares.TryGetValue(participant.Seat, out var share) && share.IsDone;
    }

    /// <summary>Whether the others wait for something that the client has not sent.</summary>
    public virtual bool WaitsFor(Participant participant) => !IsDone(participant);

    public abstract void Dispose();

    /// <summary>The share of a client, with <see cref="Gate"/> held.</summary>
    protected JointShare ShareOf(Participant participant) => _shares[participant.Seat];

    /// <summary>What a client counts for, with <see cref="Gate"/> held; the weights of all together are 1.</summary>
    protected double WeightOf(JointShare share) =>
        weights == BatchWeights.Targets ? share.Targets / (double)Shares.Sum(each => each.Targets) : 1.0 / Shares.Count;

    /// <summary>A client has left; called with <see cref="Gate"/> held.</summary>
    protected virtual void Leave(Participant participant)
    {
    }

    /// <summary>Drops what a client that has left has begun.</summary>
    protected abstract Task GiveUpAsync(Participant participant);

    /// <summary>Puts the weighted sum of the clients' gradients into the parameters; called on the lane, with <see cref="Gate"/> held.</summary>
    protected abstract void PutGradients();

    /// <summary>Queues the optimizer's step once nothing is left to compute: what is queued on the lane later finds it taken.</summary>
    protected void TakeIfComplete()
    {
        lock (Gate)
        {
            if (_isTaking || !Shares.All(share => share.IsComputed))
                return;
            _isTaking = true;
        }

        _ = TakeAsync();
    }

    private async Task TakeAsync()
    {
        try
        {
            if (await middle.Lane.RunAsync(Take, CancellationToken.None).ConfigureAwait(false))
                await Keep().ConfigureAwait(false);
            _taken.TrySetResult();
        }
#pragma warning disable CA1031 // every client gets it with its next request
        catch (Exception e)
        {
            _taken.TrySetException(e);
        }
    }

    private bool Take()
    {
        try
        {
            lock (Gate)
            {
                if (Shares.Count == 0)
                    return false;
                PutGradients();
            }
        }
        catch
        {
            middle.ClearGradients();
            throw;
        }

        return middle.Step(takes: true);
    }
}
