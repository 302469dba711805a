namespace FlGlm.Core.Configuration;

/// <summary>What an average does with the moments of Adam, which belong to the values before it.</summary>
public enum AverageMoments
{
    /// <summary>Each optimizer keeps its own.</summary>
    Keep,

    /// <summary>They begin again from 0, and so does the count of steps that corrects them.</summary>
    Reset,

    /// <summary>They are averaged like the values, and sent with them.</summary>
    Average,
}
