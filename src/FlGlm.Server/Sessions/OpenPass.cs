using System.Diagnostics;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Server.Scheduling;

namespace FlGlm.Server.Sessions;

/// <summary>A pass of the middle with what its gradient will need.</summary>
internal sealed class OpenPass(SequenceLayout layout, Timed<StagePass> forward, long begun) : IDisposable
{
    public StagePass Pass => forward.Value;

    public SequenceLayout Layout => layout;

    public TimeSpan Queue => forward.Queue;

    public TimeSpan Compute => forward.Compute;

    /// <summary>Since its h0 had arrived.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(begun);

    public void Dispose() => forward.Value.Dispose();
}
