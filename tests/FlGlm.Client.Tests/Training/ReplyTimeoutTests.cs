using System.Diagnostics;
using FlGlm.Client.Sessions;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

/// <summary>A server that sends Pings and nothing else.</summary>
public sealed class ReplyTimeoutTests : IAsyncLifetime
{
    private readonly TinyRun _run = new(TinyRun.Settings());
    private RawServer _raw = null!;

    public async ValueTask InitializeAsync() => _raw = await RawServer.OpenAsync(_run, new ClientSettings { ReplyTimeoutS = 1.5 });

    public async ValueTask DisposeAsync()
    {
        await _raw.DisposeAsync();
        await _run.DisposeAsync();
    }

    [Theory]
    [InlineData(0, "the server", Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData(1, "the server", Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData(2, "the server's forward")]
    [InlineData(3, "the server's backward", Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task A_server_without_progress_ends_the_clients_wait_by_its_key(int answers, string what)
    {
        var training = _raw.Client.RunAsync();
        await using var pings = new Heartbeat(_raw.Channel, TimeSpan.FromMilliseconds(20));
        if (answers == 1)
            await _raw.AgreeAsync();
        else if (answers > 1)
            await _raw.BeginTurnAsync();
        if (answers > 2)
            await _raw.ServeAsync(FrameKind.Forward, FrameKind.ForwardReply, step: 1);

        var told = await _raw.ExpectFaultAsync();
        await _raw.Channel.DisposeAsync();
        var error = await Assert.ThrowsAsync<ProtocolException>(() => training);

        Assert.Equal((FaultCode.Timeout, false), (error.Code, error.FromPeer));
        Assert.EndsWith($"has sent nothing but Pings for 1.5 s (client.reply_timeout_s) while this client waits for {what}.", error.Message, StringComparison.Ordinal);
        Assert.Equal((FaultCode.Timeout, true), (told.Code, told.FromPeer));
    }

    [Fact]
    public async Task A_server_that_waits_for_others_may_take_any_time()
    {
        var training = _raw.Client.RunAsync();
        await _raw.AgreeAsync();
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun).TotalSeconds < 3)
        {
            await _raw.Channel.SendAsync(FrameKind.Wait, new Wait { WaitingFor = "bert" }, null, default);
            await Task.Delay(10);
        }

        Assert.False(training.IsCompleted);
        await _raw.Channel.SendAsync(FrameKind.Turn, _raw.Turn, null, default);
        (await _raw.Channel.ExpectAsync(FrameKind.Forward, default)).Dispose();
        Assert.Contains("waiting for bert", _raw.Client.Seen.Events);
        await _raw.Channel.DisposeAsync();
        await Assert.ThrowsAsync<NetworkException>(() => training);
    }
}
