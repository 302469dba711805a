namespace FlGlm.Core.Configuration;

/// <summary>One thing wrong with a configuration.</summary>
/// <param name="Key">The dotted key to change, e.g. <c>peft.lora.rank</c>.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record Problem(string Key, string Message)
{
    public override string ToString() => $"{Key}: {Message}";
}
