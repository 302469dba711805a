using FlGlm.Server.Participants;

namespace FlGlm.Server.Scheduling;

/// <summary>One client in a joint step.</summary>
internal sealed class JointShare(Participant participant)
{
    public Participant Participant => participant;

    /// <summary>The passes whose hidden states it has sent.</summary>
    public int Forwards { get; set; }

    /// <summary>The place among the step's passes that its next one may have, counted from 0.</summary>
    public int Next { get; set; }

    /// <summary>The passes whose gradients are computed.</summary>
    public int Backwards { get; set; }

    /// <summary>Its judged positions in this step; 0 where the plan does not ask for them.</summary>
    public long Targets { get; set; }

    /// <summary>It has sent its last gradient of this step.</summary>
    public bool IsDone { get; set; }

    /// <summary>Its values have made the middle's infinite or NaN: the step waits until it is gone.</summary>
    public bool HasFailed { get; set; }

    /// <summary>Nothing of it is left to compute.</summary>
    public bool IsComputed => IsDone && Backwards == Forwards;
}
