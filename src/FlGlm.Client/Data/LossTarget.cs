namespace FlGlm.Client.Data;

/// <summary>Which tokens of a JSONL row the loss is taken on.</summary>
public enum LossTarget
{
    /// <summary>The answer and the end mark.</summary>
    Completion,

    /// <summary>Every token, the prompt's too (as the paper's authors do). Not for ChatGLM-6B, whose context sees all of itself.</summary>
    All,
}
