namespace FlGlm.Client.Training;

/// <summary>The seconds of each leg of a step, in order. A leg that a run does not have is 0.</summary>
public sealed record StepSeconds
{
    public double Head { get; init; }

    /// <summary>Sending h0 to the server.</summary>
    public double Up { get; init; }

    /// <summary>Waiting at the server for the compute lane.</summary>
    public double Queue { get; init; }

    public double Middle { get; init; }

    /// <summary>Receiving hN-2 from the server.</summary>
    public double Down { get; init; }

    public double Tail { get; init; }

    public double TailBackward { get; init; }

    /// <summary>Sending dL/dhN-2 to the server.</summary>
    public double UpGradient { get; init; }

    public double QueueGradient { get; init; }

    /// <summary>Backward through the middle. A server's optimizer steps behind its answer, and is not in it; in one process it is.</summary>
    public double MiddleBackward { get; init; }

    /// <summary>Receiving dL/dh0 from the server.</summary>
    public double DownGradient { get; init; }

    public double HeadBackward { get; init; }

    /// <summary>Clipping and the optimizer step of head and tail.</summary>
    public double Optimizer { get; init; }

    public double Total { get; init; }
}
