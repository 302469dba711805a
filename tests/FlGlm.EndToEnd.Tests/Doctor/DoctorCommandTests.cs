using FlGlm.Cli.Doctor;
using FlGlm.Client.Sessions;
using FlGlm.Core.Configuration;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Doctor;

/// <summary>Faults are planted one at a time; each is found, with its cure and the exit code of the run that it would stop.</summary>
public sealed class DoctorCommandTests : IDisposable
{
    private readonly SplitFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_client_in_order_meets_its_server_and_nothing_is_wrong()
    {
        await using var server = InProcessFlGlm.Start(_folder.Server());
        var run = await ClientAsync(await server.AddressAsync());

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        string[] subjects = ["runtime", "libtorch", "device", "processor", "clock", "disk", "key", "peers", "server", "version", "clocks"];
        Assert.Equal(subjects, run.OutputLines.Select(line => line[9..].Split(' ')[0]));
        Assert.All(run.OutputLines, line => Assert.StartsWith("ok ", line.Replace("warning", "ok", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.Contains(server.Output.Lines, line => line.EndsWith("ada has asked what this server is", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_was_asked_serves_its_run_as_if_it_was_not()
    {
        await using var server = InProcessFlGlm.Start(_folder.Server());
        var address = await server.AddressAsync();
        Assert.Equal(0, (await ClientAsync(address)).ExitCode);

        await using var client = InProcessFlGlm.Start(_folder.Client("ada", address));
        await client.ExitsWithAsync(0);
        await server.ExitsWithAsync(0);
        Assert.DoesNotContain(server.Output.Lines, line => line.Contains("is gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_key_is_found()
    {
        await using var server = InProcessFlGlm.Start(_folder.Server());
        var address = await server.AddressAsync();
        var options = Doctor("client", address);
        File.WriteAllText(_folder.At("ada-keys", "known_peers"), Identities.Line("stranger").Replace(" stranger", " server", StringComparison.Ordinal));

        var run = await CommandRun.OfAsync(options);

        AssertFound(run, ExitCode.Seal, "server", "shows another identity key than the pinned one");
    }

    [Fact]
    public async Task A_closed_port_is_found() =>
        AssertFound(await ClientAsync($"127.0.0.1:{LoopbackPort.Free()}"), ExitCode.Network, "server", "Is it started, and is this its address?");

    [Fact]
    public async Task A_port_that_another_program_has_is_found()
    {
        await using var server = InProcessFlGlm.Start(_folder.Server());
        var run = await CommandRun.OfAsync(Doctor("server", "127.0.0.1:1", $"server.listen={await server.AddressAsync()}"));
        AssertFound(run, ExitCode.Network, "port", "choose another address (server.listen)");
    }

    [Fact]
    public async Task A_run_directory_that_cannot_be_written_is_found() =>
        AssertFound(await CommandRun.OfAsync("doctor", "--set", "run.directory=/proc/flglm"), ExitCode.Configuration, "disk", "nothing can be written to '/proc'");

    [Fact]
    public void Too_little_space_is_found()
    {
        Assert.StartsWith("9.00 GiB free in '/runs', up to 1.00 GiB of checkpoints", MachineChecks.Space("/runs", 9L << 30, 1L << 30), StringComparison.Ordinal);
        var full = Assert.Throws<ConfigurationException>(() => MachineChecks.Space("/runs", 1L << 30, 1L << 30));
        Assert.Equal("run.directory", Assert.Single(full.Problems).Key);
    }

    [Theory]
    [InlineData(24, "24 hours ahead of the server's")]
    [InlineData(-24, "24 hours behind the server's")]
    [InlineData(0, null)]
    public void A_clock_a_day_off_is_found(int hours, string? expected)
    {
        var now = DateTimeOffset.UtcNow;
        var server = new ServerInquiry("server", typeof(ServerInquiry).Assembly.GetName().Version!.ToString(3), "run", 1, now, TimeSpan.Zero);

        var problem = PeerChecks.Answered(server, "127.0.0.1:7400", now.AddHours(hours)).SingleOrDefault(finding => finding.IsProblem);

        Assert.Equal(expected is null, problem is null);
        Assert.Contains(expected ?? "", problem?.Text ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_before_the_build_is_found() => Assert.True(MachineChecks.Clock(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow).IsProblem);

    [Fact]
    public void Another_version_at_the_server_is_found()
    {
        var server = new ServerInquiry("server", "9.9.9", "run", 1, DateTimeOffset.UtcNow, TimeSpan.Zero);
        var problem = Assert.Single(PeerChecks.Answered(server, "127.0.0.1:7400", server.Clock), finding => finding.IsProblem);
        Assert.Equal(("version", ExitCode.Protocol), (problem.Subject, problem.Code));
    }

    private Task<CommandRun> ClientAsync(string address) => CommandRun.OfAsync(Doctor("client", address));

    private string[] Doctor(string side, string address, params string[] settings) =>
        ["doctor", side, .. _folder.Client("ada", address, settings).Skip(1)];

    private static void AssertFound(CommandRun run, ExitCode code, string subject, string text)
    {
        Assert.Equal((int)code, run.ExitCode);
        var line = Assert.Single(run.OutputLines, line => line.StartsWith("problem", StringComparison.Ordinal));
        Assert.Equal(subject, line[9..].Split(' ')[0]);
        Assert.Contains(text, line, StringComparison.Ordinal);
    }
}
