using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Demo;
using FlGlm.Cli.Hosting;

namespace FlGlm.Cli.Commands;

/// <summary><c>flglm demo</c>: one server and two clients on this machine, sealed, and a centralised run beside them to compare with.</summary>
internal static class DemoCommand
{
    public static Command Build(CommandHost host) => host.Declare(
        new RunCommand(
            "demo",
            "Trains a tiny model with one server and two clients, all on this machine.",
            Sections: ["model", "split", "peft", "optimizer", "training", "clients", "serial", "crypto", "data", "compute", "run"],
            TalksToPeers: false)
        {
            DefaultConfig = DemoAssets.Config,
        },
        run => new DemoRun(DemoAssets.Resolve(run)).RunAsync());
}
