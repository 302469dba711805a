using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>Makes the replicas of a middle, on as many threads as there are processors for; on a GPU on the middle's own.</summary>
internal sealed class MiddleReplicas : IDisposable
{
    private readonly RunPlan _plan;
    private readonly MiddleStage _stage;
    private readonly IReadOnlyList<ComputeLane> _lanes;
    private int _created;

    /// <param name="events">receives what memory the replicas will take</param>
    public MiddleReplicas(RunPlan plan, MiddleWorker middle, RunEvents events)
    {
        (_plan, _stage) = (plan, middle.Stage);
        var free = middle.Stage.Blueprint.Device.type == TorchSharp.DeviceType.CPU ? (Environment.ProcessorCount / middle.Lane.Threads) - 1 : 0;
        _lanes = [middle.Lane, .. Enumerable.Range(2, Math.Clamp(free, 0, plan.Clients.Expected - 1)).Select(lane => new ComputeLane($"compute {lane}", middle.Lane.Threads))];
        Report(events, middle.Stage.Parameters.Sum(parameter => parameter.Value.numel() * Bytes(parameter.Value.dtype)));
    }

    /// <summary>A replica for one more client, with the values that the middle has now; called on the middle's lane.</summary>
    /// <param name="totalSteps">the steps that it will take</param>
    /// <param name="keep">called after every step of it</param>
    public MiddleReplica Create(int seat, long totalSteps, Func<Task> keep) => new(_stage, seat, _plan.Optimizer, totalSteps, _lanes[_created++ % _lanes.Count], keep);

    public void Dispose()
    {
        foreach (var lane in _lanes.Skip(1))
            lane.Dispose();
    }

    /// <summary>Of a trained value: itself, its gradient and Adam's two moments; in bfloat16 also the optimizer's float32 copies of value and gradient.</summary>
    private static long Bytes(ScalarType dtype) => dtype == float32 ? 16 : 20;

    private void Report(RunEvents events, long bytes)
    {
        var text = FormattableString.Invariant(
            $"each of {_plan.Clients.Expected} clients has a replica of the middle's trained values: {bytes / 1e6:F1} MB each with gradients and moments");
        if (bytes * _plan.Clients.Expected > 1L << 30)
            events.Warn(text);
        else
            events.Report(text);
    }
}
