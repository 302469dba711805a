using FlGlm.Cli.Hosting;

namespace FlGlm.Cli.Demo;

/// <summary>The demo's model, data and configuration, which are in the program's folder.</summary>
internal static class DemoAssets
{
    public static string Config { get; } = Beside(Path.Combine("configs", "demo-lora.yaml"));

    /// <summary>Makes relative paths that do not exist in the working directory relative to the program's folder.</summary>
    public static RunContext Resolve(RunContext run)
    {
        var (model, data) = (run.Config.Model, run.Config.Data);
        return run with
        {
            Config = run.Config with
            {
                Model = model with { Path = Find(model.Path) },
                Data = data with { Train = [.. data.Train.Select(Find)], Validation = [.. data.Validation.Select(Find)] },
            },
        };
    }

    private static string Find(string path) => !Path.Exists(path) && Path.Exists(Beside(path)) ? Beside(path) : path;

    private static string Beside(string path) => Path.Combine(AppContext.BaseDirectory, path);
}
