using FlGlm.Client.Tests.Training;
using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Hosting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Generation;

/// <summary>Generation through a server: the same ids as in one process, one token's hidden state per step, bounds that hold.</summary>
public sealed class RemoteGenerationTests
{
    private static readonly int[][] Prompts = [[3, 4, 5, 6, 7], [9, 8]];

    [Theory]
    [InlineData(PeftMethod.Lora, false)]
    [InlineData(PeftMethod.PTuningV2, true)]
    public async Task Remote_generation_equals_local_generation(PeftMethod method, bool sealedChannel)
    {
        using var scope = NewDisposeScope();
        await using var run = new TinyRun(TinyRun.Settings(method), sealedChannel);
        await using var client = await GenerationClient.ConnectAsync(run);
        using var stages = new ThreeStages(run.Checkpoint, run.Blueprint);
        using var local = new LocalGeneration(stages);

        var remote = await GreedyDecoding.RunCachedAsync(client.Decoder, Prompts, 20);

        var expected = await GreedyDecoding.RunCachedAsync(local.Decoder, Prompts, 20);
        Assert.Equal(expected.Select(row => row.Ids), remote.Select(row => row.Ids));
        Bits.Equal(expected[0].StepLogits, remote[0].StepLogits, "logits");
        Assert.Contains("client generates", run.Seen.Events);
    }

    [Fact]
    public async Task One_tokens_hidden_state_travels_per_step()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        await using var client = await GenerationClient.ConnectAsync(run);
        await client.Decoder.PrefillAsync([[3, 4, 5, 6, 7]], default);
        var before = client.Channel.BytesSent;

        await client.Decoder.DecodeAsync([3], [0], default);

        Assert.InRange(client.Channel.BytesSent - before, TinyRun.Model.Hidden * 4, (TinyRun.Model.Hidden * 4) + 100);
    }

    [Fact]
    public async Task Generating_between_steps_does_not_disturb_training()
    {
        await using var run = new TinyRun(TinyRun.Settings(dropout: 0.1));
        var (losses, _) = await run.TrainLocallyAsync();
        var trainer = await run.ConnectAsync("trainer");
        await using var client = await GenerationClient.ConnectAsync(run);
        trainer.Trainer.BeforeStep = async _ => await client.Decoder.PrefillAsync(Prompts, default);

        await trainer.RunAsync();

        Assert.Equal(losses, trainer.Trainer.Losses);
    }

    [Fact]
    public async Task A_cache_beyond_the_servers_limit_ends_the_session_and_no_other()
    {
        await using var run = new TinyRun(TinyRun.Settings(), server: new ServerSettings { MaxCacheBytes = 20_000 });
        await using var client = await GenerationClient.ConnectAsync(run);
        await client.Decoder.PrefillAsync([[3]], default);

        var error = await Assert.ThrowsAsync<ProtocolException>(() => client.Decoder.DecodeAsync([3, 3, 3, 3], [0, 0, 0, 0], default));

        Assert.Equal(FaultCode.CacheFull, error.Code);
        Assert.Contains("server.max_cache_bytes", error.Message, StringComparison.Ordinal);
        await using var next = await GenerationClient.ConnectAsync(run, "next");
        Assert.Single(await next.Decoder.PrefillAsync([[3]], default));
    }

    [Fact]
    public async Task A_row_longer_than_the_model_is_refused()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        await using var client = await GenerationClient.ConnectAsync(run);
        await client.Decoder.PrefillAsync([[.. Enumerable.Repeat(3, TinyRun.Model.MaxPositions)]], default);

        var error = await Assert.ThrowsAsync<ProtocolException>(() => client.Decoder.DecodeAsync([3], [0], default));

        Assert.Equal(FaultCode.WrongShape, error.Code);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_row_that_is_not_there_is_refused(int row)
    {
        await using var run = new TinyRun(TinyRun.Settings());
        await using var client = await GenerationClient.ConnectAsync(run);
        using var hidden = zeros(1, 1, TinyRun.Model.Hidden);
        using var answer = await client.Session.Middle.PrefillAsync(hidden, new SequenceLayout([1]), default);

        await client.Channel.SendAsync(FrameKind.Decode, new DecodePass { Step = 2, Rows = { row } }, new TensorPayload(hidden.view(1, -1)), default);

        Assert.Equal(FaultCode.WrongShape, (await Assert.ThrowsAsync<ProtocolException>(async () => await client.Channel.ReceiveAsync(default))).Code);
    }

    [Fact]
    public async Task A_decode_before_any_prompt_is_refused()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        await using var client = await GenerationClient.ConnectAsync(run);
        using var hidden = zeros(1, TinyRun.Model.Hidden);

        await client.Channel.SendAsync(FrameKind.Decode, new DecodePass { Step = 1, Rows = { 0 } }, new TensorPayload(hidden), default);

        Assert.Equal(FaultCode.Unexpected, (await Assert.ThrowsAsync<ProtocolException>(async () => await client.Channel.ReceiveAsync(default))).Code);
    }

    [Fact]
    public async Task Other_training_settings_do_not_matter_another_cut_does()
    {
        await using var run = new TinyRun(TinyRun.Settings());

        await using var other = await GenerationClient.ConnectAsync(run, own: run.Plan with { Training = run.Plan.Training with { Steps = 99 } });
        var error = await Assert.ThrowsAsync<ProtocolException>(
            () => GenerationClient.ConnectAsync(run, "cut", run.Plan with { Split = new SplitSettings { Head = 2, Tail = 1 } }));

        Assert.Equal(FaultCode.PlanMismatch, error.Code);
        Assert.Contains("split.head", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_for_generation_only_trains_nobody()
    {
        await using var run = new TinyRun(TinyRun.Settings(), server: new ServerSettings { GenerateOnly = true });
        var trainer = await run.ConnectAsync("trainer");

        var error = await Assert.ThrowsAsync<ProtocolException>(() => trainer.RunAsync());

        Assert.Contains("server.generate_only", error.Message, StringComparison.Ordinal);
        await using var client = await GenerationClient.ConnectAsync(run);
        Assert.Equal(2, (await client.Decoder.PrefillAsync(Prompts, default)).Length);
    }
}
