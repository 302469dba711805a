using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Hosting;

namespace FlGlm.Client.Tests.Training;

/// <summary>A client that sends Pings and nothing else.</summary>
public sealed class DeadlineTests
{
    private const double Limit = 1;

    private static readonly Dictionary<string, DeadlineSettings> Short = new()
    {
        ["join_s"] = new() { JoinS = Limit },
        ["forward_s"] = new() { ForwardS = Limit },
        ["backward_s"] = new() { BackwardS = Limit },
        ["round_end_s"] = new() { RoundEndS = Limit },
        ["goodbye_s"] = new() { GoodbyeS = Limit },
    };

    [Theory]
    [InlineData("join_s", "its Join")]
    [InlineData("join_s", "its agreement to the plan")]
    [InlineData("forward_s", "a step's hidden states")]
    [InlineData("backward_s", "a step's gradient")]
    [InlineData("round_end_s", "its head and tail")]
    [InlineData("goodbye_s", "its goodbye")]
    public async Task A_client_without_progress_is_given_up_in_every_phase_and_the_others_go_on(string key, string due)
    {
        var server = new ServerSettings { HandshakeTimeoutS = 120, Deadlines = Short[key] };
        var isInRun = key != "join_s";
        await using var run = new TinyRun(TinyRun.Settings(steps: 1, clients: isInRun ? 2 : 1), server: server);
        var held = new TaskCompletionSource();
        var other = await run.ConnectAsync("zoe");
        other.Trainer.BeforeStep = _ => held.Task;
        var others = other.RunAsync();
        var channel = await run.OpenAsync("raw");
        await using var pings = new Heartbeat(channel, TimeSpan.FromMilliseconds(20));

        if (key == "goodbye_s")
            held.SetResult();
        await AdvanceAsync(run, channel, due);
        var refusal = await RawClient.ExpectRefusalAsync(channel, FaultCode.Timeout);
        await channel.DisposeAsync();
        held.TrySetResult();

        Assert.Equal($"'raw' has not sent {due} for {Limit} s (server.deadlines.{key}); its session ends.", await run.Seen.Lost);
        Assert.Contains($"server.deadlines.{key}", refusal.Message, StringComparison.Ordinal);
        Assert.Equal((ClientOutcome.Finished, 1), (await others is var end ? (end.Outcome, end.Steps) : default));
        Assert.Equal(ServedRun.Complete, await run.Served);
    }

    /// <summary>Does what a client does before the phase.</summary>
    private static async Task AdvanceAsync(TinyRun run, IFrameChannel channel, string due)
    {
        if (due == "its Join")
            return;
        if (due == "its agreement to the plan")
        {
            await RawClient.AskAsync(channel);
            return;
        }

        await RawClient.JoinAsync(channel);
        (await RawClient.ExpectAsync(channel, FrameKind.Turn)).Dispose();
        if (due == "a step's hidden states")
            return;
        if (due == "a step's gradient")
        {
            await RawClient.ForwardAsync(channel, 1);
            return;
        }

        await RawClient.StepAsync(channel, 1);
        await channel.SendAsync(FrameKind.RoundEnd, new RoundEnd { Round = 1, Steps = 1 }, null, default);
        if (due == "its head and tail")
            return;
        using var stages = run.OpenStages();
        using var trained = ParameterSet.CopyOf(stages.Parameters);
        await AdapterFrames.SendAsync(channel, trained, 1 << 20, TimeSpan.FromSeconds(60), "test.limit_s", default, default);
        (await RawClient.ExpectAsync(channel, FrameKind.AdapterEnd)).Dispose(); // the average
        (await RawClient.ExpectAsync(channel, FrameKind.AdapterEnd)).Dispose(); // the middle
    }
}
