namespace FlGlm.Core.Configuration;

/// <summary>One thing wrong with a configuration.</summary>
/// <param name="Key">The dotted key to change, e.g. <c>peft.lora.rank</c>; empty where the file itself is at fault.</param>
/// <param name="Message">What is wrong and what would be right.</param>
/// <param name="Where">Where it was written: <c>run.yaml:12</c>, or the <c>--set</c> that said it; null for a default.</param>
public sealed record Problem(string Key, string Message, string? Where = null)
{
    public override string ToString()
    {
        var subject = Key.Length == 0 ? Message : $"{Key}: {Message}";
        return Where is null ? subject : $"{Where}: {subject}";
    }
}
