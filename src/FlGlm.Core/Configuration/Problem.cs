namespace FlGlm.Core.Configuration;

/// <summary>One error in a configuration.</summary>
/// <param name="Key">The dotted key to change, e.g. <c>peft.lora.rank</c>; empty where the error concerns the file itself.</param>
/// <param name="Message">What is wrong and which values are valid.</param>
/// <param name="Where">The source of the value: <c>run.yaml:12</c>, or the <c>--set</c> option; null for a default.</param>
public sealed record Problem(string Key, string Message, string? Where = null)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var subject = Key.Length == 0 ? Message : $"{Key}: {Message}";
        return Where is null ? subject : $"{Where}: {subject}";
    }
}
