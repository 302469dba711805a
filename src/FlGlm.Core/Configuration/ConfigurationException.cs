namespace FlGlm.Core.Configuration;

/// <summary>Everything wrong with a configuration, reported at once.</summary>
public sealed class ConfigurationException(IReadOnlyList<Problem> problems)
    : FlGlmException(string.Join(Environment.NewLine, problems))
{
    /// <summary>One problem alone.</summary>
    public ConfigurationException(string key, string message)
        : this([new Problem(key, message)])
    {
    }

    /// <inheritdoc/>
    public override ExitCode ExitCode => ExitCode.Configuration;

    /// <summary>Every problem, each with the key to change.</summary>
    public IReadOnlyList<Problem> Problems { get; } = problems;
}
