namespace FlGlm.Core.Configuration;

/// <summary>Everything wrong with a configuration, reported at once.</summary>
public sealed class ConfigurationException(IReadOnlyList<Problem> problems)
    : FlGlmException(string.Join(Environment.NewLine, problems))
{
    public ConfigurationException(string key, string message)
        : this([new Problem(key, message)])
    {
    }

    public override ExitCode ExitCode => ExitCode.Configuration;

    public IReadOnlyList<Problem> Problems { get; } = problems;
}
