using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Server.Scheduling;

/// <summary>
/// Makes the replicas of a middle: on the devices that are named, one after the other, and else on as many threads as there are processors for, on a
/// GPU on the middle's own.
/// </summary>
internal sealed class MiddleReplicas : IDisposable
{
    private readonly RunPlan _plan;
    private readonly MiddleStage _stage;
    private readonly IReadOnlyList<ComputeLane> _lanes;

    /// <summary>What the replicas of each lane are made from: the middle, or its copy on that lane's device.</summary>
    private readonly IReadOnlyList<MiddleStage> _originals;
    private int _created;

    /// <param name="devices">of the replicas; empty = the middle's</param>
    /// <param name="events">receives what memory the replicas will take</param>
    public MiddleReplicas(RunPlan plan, MiddleWorker middle, IReadOnlyList<Device> devices, RunEvents events)
    {
        (_plan, _stage) = (plan, middle.Stage);
        var free = middle.Stage.Blueprint.Device.type == TorchSharp.DeviceType.CPU ? (Environment.ProcessorCount / middle.Lane.Threads) - 1 : 0;
        var others = devices.Count > 0 ? devices.Count - 1 : Math.Clamp(free, 0, plan.Clients.Expected - 1);
        _lanes = [middle.Lane, .. Enumerable.Range(2, others).Select(lane => new ComputeLane($"compute {lane}", middle.Lane.Threads))];
        var copies = devices.Select(device => device.ToString()).Distinct().ToDictionary(name => name, name => name == _stage.Blueprint.Device.ToString() ? _stage : _stage.CopyTo(device(name)));
        _originals = devices.Count > 0 ? [.. devices.Select(device => copies[device.ToString()])] : [.. _lanes.Select(_ => _stage)];
        Report(events, middle.Stage.Parameters.Sum(parameter => parameter.Value.numel() * Bytes(parameter.Value.dtype)));
    }

    /// <summary>A replica for one more client, with the values that the middle has now; called on the middle's lane.</summary>
    /// <param name="totalSteps">the steps that it will take</param>
    /// <param name="keep">called after every step of it</param>
    public MiddleReplica Create(int seat, long totalSteps, Func<Task> keep)
    {
        var place = _created++ % _lanes.Count;
        if (_originals[place] != _stage)
            _originals[place].Take(_stage.Parameters);
        return new MiddleReplica(_originals[place], seat, _plan.Optimizer, totalSteps, _lanes[place], keep);
    }

    /// <summary>Waits until everything queued is computed; the middle's own lane goes on.</summary>
    public void End()
    {
        foreach (var lane in _lanes.Skip(1))
            lane.Dispose();
    }

    /// <summary>Frees what the replicas were made from; they are disposed of before.</summary>
    public void Dispose()
    {
        foreach (var copy in _originals.Where(original => original != _stage).Distinct())
            copy.Dispose();
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
