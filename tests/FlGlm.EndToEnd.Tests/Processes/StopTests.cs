using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Ctrl+C and kill -9 on either side, in the middle of a step.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task A_client_interrupted_finishes_its_step_saves_and_leaves_the_run_to_the_others()
    {
        await using var run = await PausedRun.StartAsync("ada", insecure: true);
        var before = await StepsBeforeAsync(run);
        run.Separate.Interrupt();
        await run.Ada.LineAsync("stopping after this step; Ctrl+C again ends at once");
        run.Proxy.Release();

        await run.Ada.ExitsWithAsync(130);
        Assert.Equal(before + 1, run.Folder.Losses("ada").Count);
        AssertSaved(run, "ada", "head", "tail");
        Assert.Empty(run.Ada.Error.Lines);
        await BenFinishesAsync(run);
    }

    [Theory]
    [InlineData("HUP")]
    [InlineData("TERM")]
    [InlineData("QUIT", Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task A_closed_terminal_and_other_requests_to_end_are_a_stop_too(string signal)
    {
        using var folder = new SplitFolder();
        await using var run = FlGlmProcess.Start(folder.Train("training.steps=100000"));
        await run.LineAsync("train  step 2/");

        run.Interrupt(signal);
        if (signal == "HUP")
            run.Interrupt(signal); // from the shell, and from the terminal

        await run.ExitsWithAsync(130);
        var notice = Assert.Single(run.Output.Lines, line => line.Contains("stopping after this step", StringComparison.Ordinal));
        Assert.StartsWith("SIG" + signal, notice, StringComparison.Ordinal);
        Assert.DoesNotContain("Ctrl+C", notice, StringComparison.Ordinal);
        Assert.Empty(run.Error.Lines);
        Assert.True(File.Exists(Path.Combine(folder.Adapter("train"), "adapter_model.safetensors")));
    }

    [Fact]
    public async Task A_client_killed_in_its_turn_is_reported_and_the_others_finish()
    {
        await using var run = await PausedRun.StartAsync("ada", insecure: true);
        run.Separate.Kill();

        await BenFinishesAsync(run);
    }

    [Fact]
    public async Task A_killed_client_is_waited_for_until_a_file_in_the_servers_run_directory_lets_it_go()
    {
        await using var run = await PausedRun.StartAsync("ada", insecure: true, "clients.when_lost=wait");
        run.Separate.Kill();
        await run.Server.LineAsync("the others wait for ada, for up to 600 s (clients.rejoin_timeout_s)");
        var file = run.Folder.At("server", "let-go");

        File.WriteAllText(file, "nobody\nada\n");

        await run.Server.LineAsync("no client of this run is called 'nobody'");
        await run.Server.LineAsync("ada is let go: the run goes on without it");
        await BenFinishesAsync(run);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task An_interrupted_server_finishes_the_current_step_and_its_clients_save()
    {
        await using var run = await PausedRun.StartAsync("server", insecure: false);
        run.Separate.Interrupt();
        await run.Server.LineAsync("stopping after this step");
        run.Proxy.Release();

        await run.Server.ExitsWithAsync(130);
        await ClientsLeaveAsync(run, "The server stopped before the last round was over");
        AssertSaved(run, "server", "middle");
        AssertSaved(run, "ada", "head", "tail");
        Assert.Empty(run.Server.Error.Lines);
    }

    [Fact]
    public async Task A_killed_server_costs_its_clients_only_the_current_step()
    {
        await using var run = await PausedRun.StartAsync("server", insecure: true);
        run.Separate.Kill();

        await ClientsLeaveAsync(run, "'server' (127.0.0.1:");
        AssertSaved(run, "ada", "head", "tail");
        Assert.EndsWith($" steps have trained is in '{run.Folder.Adapter("ada")}'.", Assert.Single(run.Ada.Error.Lines), StringComparison.Ordinal);
    }

    /// <summary>The steps that ada has taken before the one that is held: two at least, and their lines are written a little after them.</summary>
    private static async Task<int> StepsBeforeAsync(PausedRun run)
    {
        var (count, quiet) = (0, 0);
        while (count < 2 || quiet < 5)
        {
            await Task.Delay(100);
            var now = run.Folder.Losses("ada").Count;
            (quiet, count) = (now == count ? quiet + 1 : 0, now);
        }

        return count;
    }

    private static async Task BenFinishesAsync(PausedRun run)
    {
        await run.Server.LineAsync("ada is gone: ");
        await run.Ben.ExitsWithAsync(0);
        await run.Server.ExitsWithAsync(0);
        Assert.Equal(6, run.Folder.Losses("ben").Count);
        AssertSaved(run, "ben", "");
        AssertSaved(run, "server", "middle");
        Assert.Empty(run.Server.Error.Lines);
    }

    private static async Task ClientsLeaveAsync(PausedRun run, string reason)
    {
        foreach (var client in new RunningFlGlm[] { run.Ada, run.Ben })
        {
            await client.ExitsWithAsync(7);
            Assert.Contains(reason, Assert.Single(client.Error.Lines), StringComparison.Ordinal);
        }
    }

    private static void AssertSaved(PausedRun run, string side, params string[] parts)
    {
        Assert.All(parts, part => Assert.True(File.Exists(Path.Combine(run.Folder.Adapter(side), part, "adapter_model.safetensors")), $"{side} saved no {part}"));
        Assert.Empty(run.Folder.HalfWritten(side));
    }
}
