using FlGlm.Client.Data;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>Some rows of a step on their way through head, middle and tail and back; several may be under way at once.</summary>
/// <param name="rows">the rows</param>
/// <param name="head">the head's pass, from now on owned by this object, as are those of single rows</param>
/// <param name="forward">the middle's forward, under way</param>
internal sealed class TrainingPass(TrainingBatch rows, StagePass head, Task<IMiddlePass> forward) : IAsyncDisposable
{
    private Tensor? _gradient;
    private Task<Tensor>? _backward;

    public TrainingBatch Rows => rows;

    public StagePass Head => head;

    /// <summary>The head's pass of each row, where rows are computed one by one; else none.</summary>
    public IReadOnlyList<StagePass> HeadRows { get; init; } = [];

    /// <summary>Completes when hN-2 has come.</summary>
    public Task<IMiddlePass> Middle => forward;

    /// <summary>Completes with dL/dh0 [B, T, H], which this object owns.</summary>
    public Task<Tensor> Backward => _backward ?? throw new InvalidOperationException("The gradient of this pass is not requested.");

    /// <summary>Requests the middle's backward.</summary>
    /// <param name="gradient">dL/dhN-2 [B, T, H], from now on owned by this object</param>
    public void Return(Tensor gradient, StepTerms terms, CancellationToken ct)
    {
        _gradient = gradient;
        _backward = forward.Result.BackwardAsync(gradient, terms, ct).AsTask();
    }

    /// <summary>Waits until nothing is under way any more, then frees everything; a pass without its gradient is given up.</summary>
    public async ValueTask DisposeAsync()
    {
        await SettleAsync(_backward).ConfigureAwait(false);
        if (_backward is { IsCompletedSuccessfully: true } back)
            back.Result.Dispose();
        _gradient?.Dispose();
        await SettleAsync(forward).ConfigureAwait(false);
        if (forward.IsCompletedSuccessfully)
            await forward.Result.DisposeAsync().ConfigureAwait(false);
        head.Dispose();
        foreach (var row in HeadRows)
            row.Dispose();
    }

    /// <summary>Its failure is that of the step, which has been reported.</summary>
    private static async Task SettleAsync(Task? task)
    {
        if (task is not null)
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
