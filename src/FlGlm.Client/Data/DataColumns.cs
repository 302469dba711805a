using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>Under which names a data file has its columns, where it is not one of the known ones. Empty = the known names.</summary>
public sealed record DataColumns : IValidated
{
    /// <summary>The question.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>What is added to the question on a line of its own, where a row has it.</summary>
    public string Input { get; init; } = "";

    /// <summary>The answer to learn.</summary>
    public string Answer { get; init; } = "";

    /// <summary>The instructions above a dialogue; empty = <c>system</c>.</summary>
    public string System { get; init; } = "";

    /// <summary>Earlier questions and their answers, in pairs; empty = <c>history</c>.</summary>
    public string History { get; init; } = "";

    /// <summary>A list of messages.</summary>
    public string Messages { get; init; } = "";

    /// <summary>A text of which every token is learnt.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whether the form of a row is set here, so that the known names do not count.</summary>
    internal bool IsSet => Prompt.Length > 0 || Messages.Length > 0 || Text.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (new[] { Prompt, Messages, Text }.Count(name => name.Length > 0) > 1)
            yield return new Problem("", "prompt, messages and text are three forms of a row; set one of them.");
        if (Prompt.Length > 0 != Answer.Length > 0)
            yield return new Problem(Prompt.Length > 0 ? "answer" : "prompt", "prompt and answer are set together.");
        if (Input.Length > 0 && Prompt.Length == 0)
            yield return new Problem("input", "is added to a prompt; set prompt and answer too.");
    }
}
