namespace FlGlm.Client.Training;

/// <summary>Where one step's time went, in seconds, in the order of the walk. A leg that a run does not have is 0.</summary>
public sealed record StepSeconds
{
    public double Head { get; init; }

    /// <summary>h0 on its way to the server.</summary>
    public double Up { get; init; }

    /// <summary>Waiting at the server for the compute lane.</summary>
    public double Queue { get; init; }

    public double Middle { get; init; }

    /// <summary>hN-2 on its way home.</summary>
    public double Down { get; init; }

    public double Tail { get; init; }

    public double TailBackward { get; init; }

    /// <summary>dL/dhN-2 on its way to the server.</summary>
    public double UpGradient { get; init; }

    public double QueueGradient { get; init; }

    /// <summary>Backward through the middle. A server's optimizer steps behind its answer, and is not in it; in one process it is.</summary>
    public double MiddleBackward { get; init; }

    /// <summary>dL/dh0 on its way home.</summary>
    public double DownGradient { get; init; }

    public double HeadBackward { get; init; }

    /// <summary>Clipping and the optimizer step of head and tail.</summary>
    public double Optimizer { get; init; }

    public double Total { get; init; }
}
