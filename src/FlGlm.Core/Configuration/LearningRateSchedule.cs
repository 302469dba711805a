namespace FlGlm.Core.Configuration;

/// <summary>How the learning rate changes after the warm-up, counted in each optimizer's own steps. Names and curves are those of Hugging Face's <c>get_scheduler</c>.</summary>
public enum LearningRateSchedule
{
    /// <summary>The full rate to the end.</summary>
    Constant,

    /// <summary>Linearly to 0 over all steps the optimizer will take.</summary>
    Linear,

    /// <summary>Along a cosine; half a wave ends at 0.</summary>
    Cosine,

    /// <summary>Along half a cosine to 0, several times, each time from the full rate.</summary>
    CosineWithRestarts,

    /// <summary>To the end rate by a power of the part that is left.</summary>
    Polynomial,
}
