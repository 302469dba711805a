namespace FlGlm.Core.Splitting;

/// <summary>The legs of a training step, in order. In snake case they are the names in metrics.jsonl, in <c>--json</c> and on the screen.</summary>
public enum StepLeg
{
    /// <summary>Forward through the head, the wait for the client's compute lane included.</summary>
    Head,

    /// <summary>Packing h0 and giving it to the transport.</summary>
    Up,

    /// <summary>Waiting for the middle: for other clients' steps and for its compute lane.</summary>
    Queue,

    /// <summary>Forward through the middle; at a server with unpacking before and packing after it.</summary>
    Middle,

    /// <summary>The rest of the round trip: both ways through the network, sealing and opening.</summary>
    Down,

    /// <summary>Forward through the tail to the loss.</summary>
    Tail,

    /// <summary>Backward from the loss to dL/dhN-2.</summary>
    TailBackward,

    /// <summary>Like <see cref="Up"/>, with dL/dhN-2.</summary>
    UpGradient,

    /// <summary>Like <see cref="Queue"/>.</summary>
    QueueGradient,

    /// <summary>Backward through the middle. A server's optimizer steps behind its reply and is not in it; in one process it is.</summary>
    MiddleBackward,

    /// <summary>Like <see cref="Down"/>.</summary>
    DownGradient,

    /// <summary>Backward through the head.</summary>
    HeadBackward,

    /// <summary>Clipping and the optimizer step of head and tail.</summary>
    Optimizer,
}
