namespace FlGlm.Core.Configuration;

/// <summary>Collects the problems of all sections.</summary>
internal static class ConfigValidation
{
    /// <summary>Refuses settings that are not valid.</summary>
    /// <param name="settings">records of settings, each with what stands before its keys</param>
    /// <exception cref="ConfigurationException">All problems of all settings.</exception>
    public static void Expect(params ReadOnlySpan<(string Prefix, object Settings)> settings)
    {
        var problems = new List<Problem>();
        foreach (var (prefix, record) in settings)
            problems.AddRange(Problems(record).Select(problem => problem with { Key = prefix + problem.Key }));
        if (problems.Count > 0)
            throw new ConfigurationException(problems);
    }

    /// <summary>A record that is <see cref="IValidated"/> validates itself and its members; of other records every section is validated.</summary>
    internal static IEnumerable<Problem> Problems(object settings) => settings is IValidated validated
        ? validated.Validate()
        : ConfigKeys.Properties(settings.GetType())
            .Where(p => ConfigKeys.IsSection(p.PropertyType))
            .SelectMany(p => Problems(p.GetValue(settings)!)
                .Select(problem => problem with { Key = ConfigKeys.Join(ConfigKeys.NameOf(p), problem.Key) }));
}
