using System.Diagnostics;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Server.Scheduling;

namespace FlGlm.Server.Sessions;

/// <summary>A pass of the middle with the data that its backward needs.</summary>
internal sealed class OpenPass(SequenceLayout layout, Timed<StagePass> forward, long begun) : IDisposable
{
    public StagePass Pass => forward.Value;

    public SequenceLayout Layout => layout;

    public TimeSpan Queue => forward.Queue;

    public TimeSpan Compute => forward.Compute;

    /// <summary>The time since h0 was received.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(begun);

    public void Dispose() => forward.Value.Dispose();
}
