namespace FlGlm.Client.Generation;

/// <summary>Why an answer ends.</summary>
public enum FinishReason
{
    /// <summary>The model chose a stop id, or wrote a stop string.</summary>
    Stop,

    /// <summary>max_new_tokens, max_length or the model's positions were used up.</summary>
    Length,
}
