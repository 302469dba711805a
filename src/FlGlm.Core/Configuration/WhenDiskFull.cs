namespace FlGlm.Core.Configuration;

/// <summary>What a run does when a checkpoint cannot be written.</summary>
public enum WhenDiskFull
{
    /// <summary>Ends; what is trained is saved where that is possible, and the checkpoints before stay whole.</summary>
    Stop,

    /// <summary>Waits and tries again, until there is room or a stop is requested.</summary>
    Pause,
}
