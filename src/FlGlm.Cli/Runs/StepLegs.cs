using FlGlm.Client.Training;

namespace FlGlm.Cli.Runs;

/// <summary>The named legs of a step, in order.</summary>
internal static class StepLegs
{
    public static IReadOnlyList<(string Leg, double Seconds)> Of(StepSeconds seconds) =>
    [
        ("head", seconds.Head),
        ("up", seconds.Up),
        ("queue", seconds.Queue),
        ("middle", seconds.Middle),
        ("down", seconds.Down),
        ("tail", seconds.Tail),
        ("tail_backward", seconds.TailBackward),
        ("up_gradient", seconds.UpGradient),
        ("queue_gradient", seconds.QueueGradient),
        ("middle_backward", seconds.MiddleBackward),
        ("down_gradient", seconds.DownGradient),
        ("head_backward", seconds.HeadBackward),
        ("optimizer", seconds.Optimizer),
    ];
}
