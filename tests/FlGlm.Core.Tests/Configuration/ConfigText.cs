using FlGlm.Core.Configuration;

namespace FlGlm.Core.Tests.Configuration;

/// <summary>Loads a configuration from text, as from a file called run.yaml.</summary>
internal static class ConfigText
{
    /// <summary>Enough for the sample to be valid.</summary>
    public const string Minimal = "model: {path: tiny}\n";

    public static LoadedConfig<SampleSettings> Load(string yaml, params string[] overrides)
    {
        var path = Path.Combine(Path.GetTempPath(), $"flglm-{Guid.NewGuid():N}.yaml");
        File.WriteAllText(path, yaml);
        try
        {
            return ConfigFile.Load<SampleSettings>(path, overrides);
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException([.. e.Problems.Select(p => p with { Message = Short(p.Message), Where = Short(p.Where ?? "default") })]);
        }
        finally
        {
            File.Delete(path);
        }

        string Short(string text) => text.Replace(path, "run.yaml", StringComparison.Ordinal);
    }

    /// <summary>The problems of a configuration that must not load, one line each.</summary>
    public static string[] Problems(string yaml, params string[] overrides) =>
        [.. Assert.Throws<ConfigurationException>(() => Load(yaml, overrides)).Problems.Select(p => p.ToString())];
}
