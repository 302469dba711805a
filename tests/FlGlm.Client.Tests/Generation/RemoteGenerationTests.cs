using FlGlm.Client.Tests.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Models;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Hosting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Generation;

/// <summary>Generation through a server: the same ids as in one process, one token's hidden state per step, and the limits are enforced.</summary>
public sealed class RemoteGenerationTests
{
    private static readonly int[][] Prompts = [[3, 4, 5, 6, 7], [9, 8]];

    [Theory]
    [InlineData("llama", PeftMethod.Lora, false)]
    [InlineData("llama", PeftMethod.PTuningV2, true)]
    [InlineData("chatglm", PeftMethod.Lora, false)]
    [InlineData("chatglm", PeftMethod.PTuningV2, false)]
    [InlineData("chatglm2", PeftMethod.Lora, false)]
    [InlineData("chatglm2", PeftMethod.PTuningV2, false)]
    public async Task Remote_generation_equals_local_generation(string family, PeftMethod method, bool sealedChannel)
    {
        var tiny = TinyGeneration.Of(family);
        await using var run = new TinyRun(TinyRun.Settings(method, targets: tiny.Model.LoraTargets), sealedChannel, model: tiny.Model);
        await using var client = await GenerationClient.ConnectAsync(run);
        using var stages = new ThreeStages(run.Checkpoint, run.Blueprint);
        using var local = new LocalGeneration(stages);

        var remote = await GreedyDecoding.RunCachedAsync(client.Decoder, tiny.Prompts, 20);

        var expected = await GreedyDecoding.RunCachedAsync(local.Decoder, tiny.Prompts, 20);
        Assert.Equal(expected.Select(row => row.Ids), remote.Select(row => row.Ids));
        foreach (var (one, other) in expected.Zip(remote))
            Bits.Equal(one.StepLogits, other.StepLogits, "logits");
        Assert.Contains("client generates", run.Seen.Events);
    }

    [Fact]
    public async Task The_server_reports_the_keys_and_values_that_a_client_holds_and_its_end()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        await using (var client = await GenerationClient.ConnectAsync(run))
            await client.Decoder.PrefillAsync(Prompts, default);

        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("client no longer generates"));

        var held = run.Seen.Events.Where(line => line.StartsWith("keys and values", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, held.Count);
        Assert.DoesNotContain(": 0 bytes", held[0], StringComparison.Ordinal);
        Assert.EndsWith(": 0 bytes", held[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("chatglm")]
    public async Task Several_tokens_of_rows_of_different_lengths_are_judged_as_in_one_process(string family)
    {
        var tiny = TinyGeneration.Of(family);
        await using var run = new TinyRun(TinyRun.Settings(PeftMethod.Lora, targets: tiny.Model.LoraTargets), model: tiny.Model);
        await using var client = await GenerationClient.ConnectAsync(run);
        using var stages = new ThreeStages(run.Checkpoint, run.Blueprint);
        using var local = new LocalGeneration(stages);
        int[][] answers = [[5, 6, 7, 8], [9, 10], [3, 4, 5]];
        await client.Decoder.PrefillAsync(tiny.Prompts, default);
        await local.Decoder.PrefillAsync(tiny.Prompts, default);

        var remote = await client.Decoder.JudgeAsync(answers, [0, 0, 2], default);

        Assert.Equal(await local.Decoder.JudgeAsync(answers, [0, 0, 2], default), remote);
    }

    [Theory]
    [InlineData(new[] { 0, 0 }, new[] { 1 }, "1 lengths came for 2 rows")]
    [InlineData(new[] { 0 }, new[] { 0 }, "a row is to go on by 0 tokens")]
    [InlineData(new[] { 0 }, new[] { 2_000_000_000 }, "a row is to go on by 2000000000 tokens")]
    [InlineData(new[] { 0 }, new[] { 60 }, "a row is to be continued to 65 tokens; this model takes 64")]
    public async Task Lengths_that_no_row_can_have_are_refused_before_anything_is_computed(int[] rows, int[] lengths, string message)
    {
        await using var run = new TinyRun(TinyRun.Settings());
        await using var client = await GenerationClient.ConnectAsync(run);
        await client.Decoder.PrefillAsync([[3, 4, 5, 6, 7]], default);
        using var hidden = zeros(1, TinyRun.Model.Hidden);

        await client.Channel.SendAsync(FrameKind.Decode, new DecodePass { Step = 2, Rows = { rows }, Lengths = { lengths } }, new TensorPayload(hidden), default);

        var error = await Assert.ThrowsAsync<ProtocolException>(() => client.Decoder.DecodeAsync([3], [0], default));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
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
    public async Task The_caches_of_all_clients_together_have_a_limit_and_a_session_that_ends_returns_its_share()
    {
        await using var run = new TinyRun(TinyRun.Settings(), server: new ServerSettings { MaxCacheBytes = 10_000, MaxCacheTotalBytes = 15_000 });
        var first = await GenerationClient.ConnectAsync(run, "first");
        await first.Decoder.PrefillAsync([[3]], default);
        await first.Decoder.PrefillAsync([[3]], default); // replaces the cache before
        await using (var second = await GenerationClient.ConnectAsync(run, "second"))
        {
            var error = await Assert.ThrowsAsync<ProtocolException>(() => second.Decoder.PrefillAsync([[3]], default));

            Assert.Equal(FaultCode.CacheFull, error.Code);
            Assert.Contains("server.max_cache_total_bytes", error.Message, StringComparison.Ordinal);
        }

        Assert.Single(await first.Decoder.DecodeAsync([3], [0], default));
        await first.DisposeAsync();
        await using var third = await GenerationClient.ConnectAsync(run, "third");
        Assert.Single(await third.Decoder.PrefillAsync([[3]], default));
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
    public async Task A_server_for_generation_only_refuses_training()
    {
        await using var run = new TinyRun(TinyRun.Settings(), server: new ServerSettings { GenerateOnly = true });
        var trainer = await run.ConnectAsync("trainer");

        var error = await Assert.ThrowsAsync<ProtocolException>(() => trainer.RunAsync());

        Assert.Contains("server.generate_only", error.Message, StringComparison.Ordinal);
        await using var client = await GenerationClient.ConnectAsync(run);
        Assert.Equal(2, (await client.Decoder.PrefillAsync(Prompts, default)).Length);
    }

    [Fact]
    public async Task Rows_go_on_as_long_as_the_buffers_they_have_fit_the_limit()
    {
        var settings = TinyRun.Settings();
        await using var run = new TinyRun(settings, server: new ServerSettings { MaxCacheBytes = BytesOf(slots: 66) });
        await using var client = await GenerationClient.ConnectAsync(run);
        await client.Decoder.PrefillAsync([[3, 4]], default);

        for (var token = 2; token < TinyRun.Model.MaxPositions; token++)
            Assert.Single(await client.Decoder.DecodeAsync([3], [0], default));
        await Assert.ThrowsAsync<ProtocolException>(() => client.Decoder.PrefillAsync([[3, 4, 5]], default));
    }

    [Fact]
    public async Task A_server_ends_though_a_generating_client_asks_on_and_on_and_reads_nothing()
    {
        await using var run = new TinyRun(TinyRun.Settings(), server: new ServerSettings { PeerTimeoutS = 1 });
        await using var client = await GenerationClient.ConnectAsync(run);
        var asking = AskOnAndOnAsync(client.Channel);
        await TinyRun.UntilAsync(() => client.Channel.BytesSent > 1_000_000);

        await run.Stop.CancelAsync();

        Assert.Equal(ServedRun.Stopped, await run.Served.WaitAsync(TimeSpan.FromSeconds(60)));
        await asking;
    }

    [Fact]
    public async Task More_clients_than_the_server_takes_are_refused_until_one_leaves()
    {
        await using var run = new TinyRun(TinyRun.Settings(), server: new ServerSettings { MaxGenerating = 1 });
        await using (var first = await GenerationClient.ConnectAsync(run, "first"))
        {
            await first.Decoder.PrefillAsync(Prompts, default);
            await using var second = await GenerationClient.ConnectAsync(run, "second");
            var error = await Assert.ThrowsAsync<ProtocolException>(() => second.Decoder.PrefillAsync(Prompts, default));
            Assert.Equal(FaultCode.Full, error.Code);
        }

        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("first finished"));
        await using var third = await GenerationClient.ConnectAsync(run, "third");
        Assert.Equal(2, (await third.Decoder.PrefillAsync(Prompts, default)).Length);
    }

    [Fact]
    public async Task A_client_without_requests_loses_its_cache_with_a_reason()
    {
        await using var run = new TinyRun(TinyRun.Settings(), server: new ServerSettings { GenerateTimeoutS = 1, PeerTimeoutS = 1 });
        await using var client = await GenerationClient.ConnectAsync(run);
        await client.Decoder.PrefillAsync(Prompts, default);

        Assert.Contains("server.generate_timeout_s", await run.Seen.Lost, StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<ProtocolException>(() => client.Decoder.DecodeAsync([3, 3], [0, 1], default));
        Assert.Equal(FaultCode.Timeout, error.Code);
    }

    [Fact]
    public async Task A_server_that_starts_from_no_adapter_does_not_answer_a_client_that_does()
    {
        await using var run = new TinyRun(TinyRun.Settings());

        var error = await Assert.ThrowsAsync<ProtocolException>(
            () => GenerationClient.ConnectAsync(run, own: run.Plan with { Peft = run.Plan.Peft with { Start = "runs/adapter" } }));

        Assert.Contains("peft.start is none at the server, an adapter at the client", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_change_every_so_many_prompts_and_answers_stay()
    {
        var settings = TinyRun.Settings() with { Crypto = new CryptoSettings { RekeyEvery = 2 } };
        await using var run = new TinyRun(settings, sealedChannel: true);
        await using var client = await GenerationClient.ConnectAsync(run);
        var channel = Assert.IsType<SealedChannel>(client.Channel);
        var first = await client.Decoder.PrefillAsync(Prompts, default);

        await TinyRun.UntilAsync(() => channel.Epoch > 1 || !Again());

        Assert.True(channel.Epoch > 1);

        bool Again()
        {
            Assert.Equal(first, client.Decoder.PrefillAsync(Prompts, default).GetAwaiter().GetResult());
            return true;
        }
    }

    /// <summary>Bytes of one row with this many slots in the middle.</summary>
    private static long BytesOf(int slots)
    {
        var shape = TinyRun.Model.Family.Shape;
        return 2L * (shape.Blocks - 2) * slots * shape.KeyWidth * 4;
    }

    /// <summary>Sends Prefills until the server ends the session.</summary>
    private static async Task AskOnAndOnAsync(IFrameChannel channel)
    {
        using var hidden = zeros(TinyRun.Model.MaxPositions, TinyRun.Model.Hidden);
        try
        {
            for (var step = 1; ; step++)
                await channel.SendAsync(FrameKind.Prefill, new Pass { Step = step, Lengths = { TinyRun.Model.MaxPositions } }, new TensorPayload(hidden), default);
        }
        catch (NetworkException)
        {
            // The server has ended it.
        }
    }
}
