namespace FlGlm.Cli.Demo;

/// <summary>The demo's model, data and configuration, which are in the program's folder.</summary>
internal static class DemoAssets
{
    public static string Config { get; } = Beside(Path.Combine("configs", "demo-lora.yaml"));

    /// <summary>The configuration of `flglm chaos`, with the same model and data.</summary>
    public static string ChaosConfig { get; } = Beside(Path.Combine("configs", "chaos.yaml"));

    /// <summary>Makes relative paths that do not exist in the working directory relative to the program's folder.</summary>
    public static FlGlmConfig Resolve(FlGlmConfig config) => config with
    {
        Model = config.Model with { Path = Find(config.Model.Path) },
        Data = config.Data with { Train = [.. config.Data.Train.Select(Find)], Validation = [.. config.Data.Validation.Select(Find)] },
    };

    private static string Find(string path) => !Path.Exists(path) && Path.Exists(Beside(path)) ? Beside(path) : path;

    private static string Beside(string path) => Path.Combine(AppContext.BaseDirectory, path);
}
