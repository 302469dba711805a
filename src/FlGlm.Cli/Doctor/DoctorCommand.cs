using System.CommandLine;
using System.Runtime.CompilerServices;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Doctor;

/// <summary><c>flglm doctor</c>: what would stop or slow a run on this machine, each finding with its cure.</summary>
internal sealed class DoctorCommand
{
    private const string Client = "client";
    private const string Server = "server";

    private readonly RunOptions _run = new();

    private readonly Argument<string?> _side = new("SIDE")
    {
        Description = "client or server: look at its keys too, and at the server or the port. Without it, at this machine alone.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private DoctorCommand() => _side.AcceptOnlyFromAmong(Client, Server);

    public static Command Build(CommandHost host) => new DoctorCommand().Declare(host);

    private Command Declare(CommandHost host) => host.Declare(
        new Command("doctor", "Checks this machine, the keys and the way to the server; says what would stop a run, and the cure.") { _side, _run.Config, _run.Set, _run.Insecure },
        async (parsed, output, ct) =>
        {
            var worst = ExitCode.Success;
            await foreach (var finding in FindAsync(parsed, ct))
            {
                output.Write([finding.ToString()], new { finding.Level, finding.Subject, finding.Text }, "finding");
                if (worst == ExitCode.Success)
                    worst = finding.Code;
            }

            if (worst != ExitCode.Success)
                throw new DoctorException(worst);
        });

    private async IAsyncEnumerable<Finding> FindAsync(ParseResult parsed, [EnumeratorCancellation] CancellationToken ct)
    {
        var side = parsed.GetValue(_side);
        string[] ofSide = side is null ? [] : ["split", "peft", "training", "checkpoint", side, "keys"];
        var config = ConfigFile.Load<FlGlmConfig>(parsed.GetValue(_run.Config), parsed.GetValue(_run.Set) ?? [], [.. ofSide, "compute", "run", "web"]).Settings.Resolved();
        foreach (var finding in MachineChecks.Run(config, side is null ? null : DiskNeed.Of(config, isClient: side == Client)))
            yield return finding;
        if (config.Web.Listen.Length > 0)
            yield return PeerChecks.Port("page", config.Web.Listen, "web.listen");
        if (side is null)
            yield break;
        var (insecure, canSeal) = (parsed.GetValue(_run.Insecure), true);
        foreach (var finding in insecure ? [] : PeerChecks.Keys(config, side == Client))
        {
            canSeal &= !finding.IsProblem;
            yield return finding;
        }

        if (side == Server)
            yield return PeerChecks.Port("port", config.Server.Listen, "server.listen");
        else if (canSeal)
            foreach (var finding in await MeetAsync(config, insecure, ct))
                yield return finding;
    }

    /// <summary>Trusts nobody on the way: a server that a run would trust at its first use stays unknown.</summary>
    private static async Task<IReadOnlyList<Finding>> MeetAsync(FlGlmConfig config, bool insecure, CancellationToken ct)
    {
        if (insecure)
            return await PeerChecks.ServerAsync(config, seal: null, ct);
        await using var seal = SealSetup.Open(config.Keys with { Trust = PeerTrust.Pinned });
        return await PeerChecks.ServerAsync(config, seal.Options, ct);
    }
}
