using FlGlm.Client.Tests.Training;
using FlGlm.Client.Training;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Server.Events;
using FlGlm.Server.Hosting;

namespace FlGlm.Client.Tests.Recovery;

/// <summary>Checkpoints that a server or a client cannot go on from: each is refused in one line, and nothing on the disk changes.</summary>
public sealed class BadResumeTests : IAsyncLifetime
{
    private readonly DisturbedRun _run = new(Plan);

    private static RunPlan Plan
    {
        get
        {
            var settings = TinyRun.Settings(steps: 4, clients: 1);
            return settings with { Clients = settings.Clients with { WhenLost = WhenLost.Wait, Names = ["anna"], RejoinTimeoutS = 60 }, Checkpoint = new CheckpointSettings { Every = 2 } };
        }
    }

    public async ValueTask InitializeAsync() => await _run.RunAsync();

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    [Theory]
    [InlineData("server")]
    [InlineData("anna")]
    public async Task A_used_folder_is_refused_without_resume(string side)
    {
        var error = await RefusedAsync<ConfigurationException>(side, isServer => isServer ? new FlGlmServer(_run.ServerOptions(resumes: false)) : new FlGlmClient(_run.ClientOptions(side, resumes: false)));

        Assert.Contains("go on with it (--resume), or name another directory", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server", "turn-0002", "middle.safetensors", "turn-0001")]
    [InlineData("anna", "turn-0002-step-000000", "client.safetensors", "turn-0001-step-000004-end")]
    public async Task A_torn_checkpoint_is_refused_and_the_one_before_is_named(string side, string name, string file, string before)
    {
        var path = Path.Combine(Directory.GetDirectories(_run.At(side, "checkpoints"), name + "*").Single(), file);
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken))[..^1], TestContext.Current.CancellationToken);

        var error = await RefusedAsync<CheckpointException>(side, isServer => isServer ? new FlGlmServer(_run.ServerOptions()) : new FlGlmClient(_run.ClientOptions(side)));

        Assert.Contains("is torn, or has been changed", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"The one before is '{before}'.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server")]
    [InlineData("anna")]
    public async Task Another_plan_is_refused(string side)
    {
        var other = Plan with { Optimizer = Plan.Optimizer with { LearningRate = 0.5 } };

        var error = await RefusedAsync<ConfigurationException>(
            side, isServer => isServer ? new FlGlmServer(_run.ServerOptions() with { Plan = other }) : new FlGlmClient(_run.ClientOptions(side) with { Plan = other }));

        Assert.Equal("optimizer.learning_rate", Assert.Single(error.Problems).Key);
    }

    [Theory]
    [InlineData("server", "turn-0001")]
    [InlineData("anna", "turn-0001-step-000004-end")]
    public async Task An_earlier_checkpoint_removes_no_later_one_of_a_run_that_is_refused(string side, string from)
    {
        var other = Plan with { Optimizer = Plan.Optimizer with { LearningRate = 0.5 } };

        await RefusedAsync<ConfigurationException>(
            side,
            isServer => isServer
                ? new FlGlmServer(_run.ServerOptions() with { Plan = other, ResumeFrom = from })
                : new FlGlmClient(_run.ClientOptions(side) with { Plan = other, ResumeFrom = from }));
    }

    [Fact]
    public async Task A_client_whose_newest_checkpoint_is_torn_goes_on_from_the_one_before()
    {
        var before = _run.Results();
        var torn = Path.Combine(Directory.GetDirectories(_run.At("anna", "checkpoints"), "turn-0002-step-000000*").Single(), "client.safetensors");
        await File.WriteAllTextAsync(torn, "torn", TestContext.Current.CancellationToken);
        File.Delete(_run.At("server", "checkpoints", "fetched.json")); // as if the server did not know either that it has its results
        Directory.Delete(_run.At("anna", "adapter"), recursive: true);
        var server = new FlGlmServer(_run.ServerOptions());
        var serving = ListenAsync(server, _run, CancellationToken.None);

        await new FlGlmClient(_run.ClientOptions("anna") with { ResumeFrom = "turn-0001-step-000004-end" }).RunToEndAsync();

        await serving;
        Assert.Equal(before, _run.Results());
    }

    [Fact]
    public async Task Checkpoints_of_the_other_side_are_refused()
    {
        var error = await RefusedAsync<CheckpointException>("anna", _ => new FlGlmClient(_run.ClientOptions("anna") with { Checkpoints = _run.At("server", "checkpoints") }));

        Assert.Contains("is of `server`, not of `client`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_over_has_nothing_left_to_do()
    {
        var said = new List<string>();
        await foreach (var happened in new FlGlmClient(_run.ClientOptions("anna")).RunAsync())
            said.Add(happened.ToString()!);

        Assert.Contains("the run is over after 4 steps, and its results are saved: nothing is left to do", said);
    }

    /// <summary>Whether the process was killed before or after the server's answer cannot be known; where the server is gone, it had the confirmation.</summary>
    [Fact]
    public async Task A_client_that_was_killed_while_it_confirmed_its_results_ends_well_without_a_server()
    {
        var store = new CheckpointStore(_run.At("anna", "checkpoints"));
        var newest = store.Open(store.Names[^1]);
        store.Write(newest.Name, newest.State<ClientState>() with { IsConfirmed = false }, newest.Files.ToDictionary(file => file, newest.Read));
        var results = _run.Results();
        var options = _run.ClientOptions("anna");
        var said = new List<string>();

        await foreach (var happened in new FlGlmClient(options with { Client = options.Client with { RetryForS = 0.2 } }).RunAsync())
            said.Add(happened.ToString()!);

        Assert.Contains(said, line => line.StartsWith("the run is over after 4 steps, and its results are saved; the server, which may have ended too", StringComparison.Ordinal));
        Assert.Equal(results, _run.Results());
    }

    [Fact]
    public async Task A_client_of_another_run_is_refused_by_a_server_that_begins()
    {
        await using var interrupted = new DisturbedRun(Plan);
        var dying = new FlGlmClient(interrupted.ClientOptions("anna", resumes: false));
        var server = new FlGlmServer(interrupted.ServerOptions(resumes: false));
        await DieAsync(server, dying, interrupted);
        var another = new FlGlmServer(_run.ServerOptions(resumes: false) with { Checkpoints = "", Output = "" });

        var (error, _) = await MeetAsync(another, interrupted.ClientOptions("anna"));

        Assert.Contains("This server serves run", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A disk that is full at the start looks the same.</summary>
    [Theory]
    [InlineData(StrategyName.Serial)]
    [InlineData(StrategyName.ClientBatch)]
    [InlineData(StrategyName.ServerHierarchical)]
    public async Task A_server_that_cannot_write_its_first_checkpoint_ends_with_that_error_and_so_does_its_client(StrategyName strategy)
    {
        await using var run = new DisturbedRun(Plan with { Training = Plan.Training with { Strategy = strategy } });
        await File.WriteAllTextAsync(run.At("file"), "", TestContext.Current.CancellationToken);
        var server = new FlGlmServer(run.ServerOptions(resumes: false) with { Checkpoints = run.At("file", "checkpoints") });
        var serving = ListenAsync(server, run, TestContext.Current.CancellationToken);

        var told = await Assert.ThrowsAnyAsync<FlGlmException>(() => new FlGlmClient(run.ClientOptions("anna", resumes: false)).RunToEndAsync(TestContext.Current.CancellationToken));

        var error = await Assert.ThrowsAsync<CheckpointException>(() => serving);
        Assert.Contains(run.At("file", "checkpoints"), error.Message, StringComparison.Ordinal);
        Assert.NotNull(told.Message);
    }

    [Theory]
    [InlineData(StrategyName.Serial)]
    [InlineData(StrategyName.ClientBatch)]
    public async Task A_server_to_which_nobody_comes_back_leaves_its_checkpoints_as_they_were(StrategyName strategy)
    {
        var plan = Plan with
        {
            Training = Plan.Training with { Strategy = strategy },
            Clients = Plan.Clients with { WhenLost = WhenLost.Drop, RejoinTimeoutS = 0.2 },
        };
        await using var run = new DisturbedRun(plan);
        await DieAsync(new FlGlmServer(run.ServerOptions(resumes: false)), new FlGlmClient(run.ClientOptions("anna", resumes: false)), run);
        var before = Kept();

        var error = await Assert.ThrowsAsync<NetworkException>(() => new FlGlmServer(run.ServerOptions()).RunToEndAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith("Every client left", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Kept());

        Dictionary<string, byte[]> Kept() => run.Disk(Path.Combine("server", "checkpoints"));
    }

    /// <summary>The run takes three steps; then both sides die.</summary>
    private static async Task DieAsync(FlGlmServer server, FlGlmClient client, DisturbedRun run)
    {
        using var life = new CancellationTokenSource();
        var serving = ListenAsync(server, run, life.Token);
        try
        {
            await foreach (var happened in client.RunAsync(life.Token))
            {
                if (happened is StepReport { Step: 3 })
                    await life.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // It is dead.
        }

        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task ListenAsync(FlGlmServer server, DisturbedRun run, CancellationToken ct)
    {
        await foreach (var happened in server.RunAsync(ct))
        {
            if (happened is ServerEvent.Listening listening)
                run.ServerPort = HostPort.Parse(listening.Address).Port;
        }
    }

    /// <summary>A client that the server refuses.</summary>
    private static async Task<(ProtocolException Error, string Address)> MeetAsync(FlGlmServer server, ClientOptions options)
    {
        var address = new TaskCompletionSource<string>();
        var serving = Task.Run(async () =>
        {
            await foreach (var happened in server.RunAsync())
            {
                if (happened is ServerEvent.Listening listening)
                    address.TrySetResult(listening.Address);
            }
        });
        var client = new FlGlmClient(options with { Client = options.Client with { Connect = await address.Task } });

        var error = await Assert.ThrowsAsync<ProtocolException>(() => client.RunToEndAsync());

        server.Stop();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (error, await address.Task);
    }

    private async Task<TException> RefusedAsync<TException>(string side, Func<bool, FlGlmRun> run)
        where TException : Exception
    {
        var before = _run.Disk(side);

        var error = await Assert.ThrowsAsync<TException>(() => run(side == "server").RunToEndAsync());

        Assert.Equal(before, _run.Disk(side));
        Assert.DoesNotContain("\n", error.Message, StringComparison.Ordinal);
        return error;
    }
}
