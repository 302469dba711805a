namespace FlGlm.Core.Planning;

/// <summary>How the learning rate changes, counted in each optimizer's own steps.</summary>
public enum LearningRateSchedule
{
    Constant,

    /// <summary>Linearly to 0 over all steps the optimizer will take (after the warm-up).</summary>
    Linear,
}
