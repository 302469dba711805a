using System.Diagnostics;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>One client's rows in a pass of several clients.</summary>
/// <param name="leg">writes hN-2</param>
/// <param name="hidden">h0 [B, T, H], from now on owned by it</param>
internal sealed class JoinedRows(JointShare share, MiddleLeg leg, Tensor hidden, StepTimings seconds) : IDisposable
{
    private readonly TaskCompletionSource<Tensor> _output = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Tensor> _back = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MiddleLeg _leg = leg;
    private long _asked = Stopwatch.GetTimestamp();

    public JointShare Share => share;

    public SequenceLayout Layout => _leg.Layout;

    public int Seat => share.Participant.Seat;

    public Tensor Hidden => hidden;

    /// <summary>dL/dhN-2 [B, T, H]; null before it has come.</summary>
    public Tensor? Gradient { get; private set; }

    /// <summary>Its client has left: it counts for nothing.</summary>
    public bool IsLeft { get; set; }

    /// <summary>What its dropout was drawn from, to draw the same numbers again.</summary>
    public Tensor? DropoutState { get; set; }

    /// <summary>What the leg has written of hN-2.</summary>
    public Task<Tensor> Output => _output.Task;

    /// <summary>What the leg has written of dL/dh0.</summary>
    public Task<Tensor> Back => _back.Task;

    /// <param name="gradientLeg">writes dL/dh0</param>
    /// <param name="gradient">from now on owned by it</param>
    public void SetGradient(MiddleLeg gradientLeg, Tensor gradient) => (_leg, Gradient, _asked) = (gradientLeg, gradient, Stopwatch.GetTimestamp());

    /// <summary>Gives the client hN-2, or dL/dh0 once its gradient has come; called on the lane.</summary>
    /// <param name="result">[B, T, H]</param>
    /// <param name="begun">when the lane began to compute it</param>
    public void Reply(Tensor result, long begun)
    {
        var queue = Gradient is null ? StepLeg.Queue : StepLeg.QueueGradient;
        seconds[queue] += Stopwatch.GetElapsedTime(_asked, begun).TotalSeconds;
        seconds[queue + 1] += Stopwatch.GetElapsedTime(begun).TotalSeconds;
        (Gradient is null ? _output : _back).TrySetResult(_leg.Write(result).DetachFromDisposeScope());
    }

    public void Fail(Exception error) => (Gradient is null ? _output : _back).TrySetException(error);

    public void Dispose()
    {
        hidden.Dispose();
        Gradient?.Dispose();
        DropoutState?.Dispose();
    }
}
