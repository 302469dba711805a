namespace FlGlm.Client.Data;

/// <summary>Which tokens of a row with a prompt the loss is taken on.</summary>
public enum LossTarget
{
    /// <summary>The last answer and the end mark.</summary>
    Completion,

    /// <summary>Every answer of a dialogue and the mark that ends it.</summary>
    Answers,

    /// <summary>Every token, the prompt's too (as the paper's authors do). Not for ChatGLM-6B, whose context sees all of itself.</summary>
    All,
}
