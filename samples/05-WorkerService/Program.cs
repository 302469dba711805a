// An FL-GLM server as a worker service of Microsoft.Extensions.Hosting. `dotnet run -- [model] [listen]`; Ctrl+C finishes the step and saves.
using FlGlm.Core.Configuration;
using FlGlm.Server.Hosting;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder();
builder.Services.AddFlGlmServer(new ServerOptions
{
    Model = args.ElementAtOrDefault(0) ?? "demo/model",
    Plan = new RunPlan { Training = new TrainingSettings { Steps = 10, BatchSize = 8 } },
    Server = new ServerSettings { Listen = args.ElementAtOrDefault(1) ?? "127.0.0.1:7400" },
    Output = "middle",
});
await builder.Build().RunAsync();
