namespace FlGlm.Core.Configuration;

/// <summary>Asks every section what is wrong with it.</summary>
internal static class ConfigValidation
{
    /// <summary>A record that is <see cref="IValidated"/> answers for itself and for what it holds; others are asked section by section.</summary>
    public static IEnumerable<Problem> Problems(object settings) => settings is IValidated validated
        ? validated.Validate()
        : ConfigKeys.Properties(settings.GetType())
            .Where(p => ConfigKeys.IsSection(p.PropertyType))
            .SelectMany(p => Problems(p.GetValue(settings)!)
                .Select(problem => problem with { Key = ConfigKeys.Join(ConfigKeys.Snake(p.Name), problem.Key) }));
}
