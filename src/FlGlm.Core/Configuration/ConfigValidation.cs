namespace FlGlm.Core.Configuration;

/// <summary>Collects the problems of all sections.</summary>
internal static class ConfigValidation
{
    /// <summary>A record that is <see cref="IValidated"/> validates itself and its members; of other records every section is validated.</summary>
    public static IEnumerable<Problem> Problems(object settings) => settings is IValidated validated
        ? validated.Validate()
        : ConfigKeys.Properties(settings.GetType())
            .Where(p => ConfigKeys.IsSection(p.PropertyType))
            .SelectMany(p => Problems(p.GetValue(settings)!)
                .Select(problem => problem with { Key = ConfigKeys.Join(ConfigKeys.NameOf(p), problem.Key) }));
}
