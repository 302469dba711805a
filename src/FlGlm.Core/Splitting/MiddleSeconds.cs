namespace FlGlm.Core.Splitting;

/// <summary>Seconds of the middle's forward and backward. Up and down (transfer) are 0 in one process.</summary>
public sealed record MiddleSeconds
{
    public double Up { get; init; }

    public double Queue { get; init; }

    public double Compute { get; init; }

    public double Down { get; init; }

    public double UpGradient { get; init; }

    public double QueueGradient { get; init; }

    public double ComputeGradient { get; init; }

    public double DownGradient { get; init; }
}
