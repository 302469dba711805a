using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Demo;
using FlGlm.Cli.Hosting;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm demo</c>: one server and two clients on this machine, sealed, and a centralised run beside them to compare with.</summary>
internal static class DemoCommand
{
    public static Command Build(CommandHost host) => host.Declare(
        new RunCommand(
            "demo",
            "Trains a tiny model with one server and two clients, all on this machine.",
            Sections: ["model", "split", "peft", "optimizer", "training", "clients", "serial", "crypto", "data", "compute", "run", "telemetry", "web"],
            TalksToPeers: false)
        {
            DefaultConfig = DemoAssets.Config,
        },
        run => run.Config.Training.Strategy == StrategyName.Serial
            ? new DemoRun(run with { Config = DemoAssets.Resolve(run.Config) }).RunAsync()
            : throw new ConfigurationException("training.strategy", "the demo compares its run with one in turns in one process; serial."));
}
