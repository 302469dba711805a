namespace FlGlm.Core.Configuration;

/// <summary>Reads a YAML configuration into a settings record: snake_case keys, unknown keys refused, every problem reported at once.</summary>
public static class ConfigFile
{
    /// <summary>Reads <paramref name="path"/>, applies the overrides, and validates.</summary>
    /// <param name="path">The YAML file; null for defaults and overrides alone.</param>
    /// <param name="overrides"><c>a.b=c</c>, the value in YAML; of several for one key the last applies.</param>
    /// <param name="sections">The top-level sections to validate; null = all. Every key is read in both cases.</param>
    /// <exception cref="ConfigurationException">Holds every problem, each with its key, file and line.</exception>
    public static LoadedConfig<T> Load<T>(string? path, IReadOnlyList<string> overrides, IReadOnlyCollection<string>? sections = null)
        where T : class, new()
    {
        var problems = new List<Problem>();
        var root = path is null ? new ConfigMap("defaults") : ReadFile(path, problems);
        var applied = overrides.Select(o => ConfigOverride.Apply(root, o, problems)).OfType<string>().ToList();

        var binder = new ConfigBinder(typeof(T), problems);
        var settings = (T)binder.Bind(new T(), root);
        var named = ConfigValidation.Problems(settings)
            .Where(p => sections is null || sections.Contains(p.Key.Split('.')[0]))
            .Where(p => problems.TrueForAll(unread => unread.Key != p.Key))
            .Select(p => p with { Where = binder.Places.GetValueOrDefault(p.Key) ?? path })
            .ToList();
        problems.AddRange(named);
        return problems.Count == 0 ? new LoadedConfig<T>(settings, applied) { Places = binder.Places } : throw new ConfigurationException(problems);
    }

    /// <summary>A copy of settings with some values replaced, each written <c>a.b=c</c> as an override is. It is not validated.</summary>
    /// <exception cref="ConfigurationException">Holds every key that is unknown and every value that does not fit.</exception>
    public static T Change<T>(T settings, IReadOnlyList<string> overrides)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(overrides);
        var (problems, root) = (new List<Problem>(), new ConfigMap("overrides"));
        foreach (var one in overrides)
            ConfigOverride.Apply(root, one, problems);
        var changed = (T)new ConfigBinder(typeof(T), problems).Bind(settings, root);
        return problems.Count == 0 ? changed : throw new ConfigurationException(problems);
    }

    private static ConfigMap ReadFile(string path, List<Problem> problems)
    {
        var node = new YamlTree(problems, mark => $"{path}:{mark.Line}").Read(ReadText(path));
        if (node is ConfigMap map)
            return map;
        if (node is null && problems.Count > 0)
            throw new ConfigurationException(problems);
        if (node is not null)
            problems.Add(new Problem("", "holds no keys; a configuration reads `section:` and `key: value` lines.", node.Where));
        return new ConfigMap(path);
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new Problem("", $"cannot be read ({e.GetType().Name}); name a YAML file with --config.", path)]);
        }
    }
}
