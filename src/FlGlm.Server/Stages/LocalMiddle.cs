using System.Diagnostics;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Server.Stages;

/// <summary>The middle in the client's own process: centralised training runs the three stages in one process.</summary>
public sealed class LocalMiddle(MiddleStage stage, StageOptimizer optimizer, ComputeLane lane) : IMiddle
{
    public (long Up, long Down) Traffic => (0, 0);

    public async ValueTask<IMiddlePass> ForwardAsync(Tensor hidden, SequenceLayout layout, PassMode mode, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var pass = await lane.RunAsync(() => stage.Forward(hidden, layout, mode), ct);
        return new Pass(pass, optimizer, lane, clock.Elapsed.TotalSeconds);
    }

    private sealed class Pass(StagePass pass, StageOptimizer optimizer, ComputeLane lane, double seconds) : IMiddlePass
    {
        public Tensor Output => pass.Output;

        public MiddleSeconds Seconds { get; private set; } = new() { Compute = seconds };

        public async ValueTask<Tensor> BackwardAsync(Tensor gradient, CancellationToken ct)
        {
            var clock = Stopwatch.StartNew();
            var back = await lane.RunAsync(() => BackwardAndStep(gradient), ct);
            Seconds = Seconds with { ComputeGradient = clock.Elapsed.TotalSeconds };
            return back;
        }

        public void Dispose() => pass.Dispose();

        private Tensor BackwardAndStep(Tensor gradient)
        {
            var back = MiddleBackward.Run(pass, gradient, optimizer);
            optimizer.Step();
            return back;
        }
    }
}
