using System.Text.Json;

namespace FlGlm.Testing;

/// <summary>
/// The reference fixtures: a folder of model directories, each made by the model's original code. FLGLM_FIXTURES names it; else it is
/// ../shared/fixtures, else the small copy in tests/Fixtures.
/// </summary>
public static class FixtureSet
{
    private static readonly string[] BuiltFamilies = ["llama", "chatglm"];

    public static string Folder { get; } = Find();

    /// <summary>Every model directory of the folder.</summary>
    public static IReadOnlyList<string> Models { get; } = Directory.Exists(Folder)
        ? [.. Directory.GetDirectories(Folder).Where(HasModel).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Whether FlGlm builds the model's family.</summary>
    public static bool IsBuilt(string model) => BuiltFamilies.Contains(FamilyOf(model));

    /// <summary><c>model_type</c> of the model's configuration.</summary>
    public static string FamilyOf(string model)
    {
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, model, "hf", "config.json")));
        return config.RootElement.GetProperty("model_type").GetString()!;
    }

    private static bool HasModel(string directory) => File.Exists(Path.Combine(directory, "hf", "config.json"));

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("FLGLM_FIXTURES") is { Length: > 0 } named)
            return Path.GetFullPath(named);
        return SharedFolder.Find() is { } shared && Directory.Exists(Path.Combine(shared, "fixtures"))
            ? Path.Combine(shared, "fixtures")
            : RepositoryFolder.At("tests", "Fixtures");
    }
}
