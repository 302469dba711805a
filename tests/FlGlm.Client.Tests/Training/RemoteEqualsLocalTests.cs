using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Planning;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

public sealed class RemoteEqualsLocalTests
{
    [Theory]
    [InlineData(PeftMethod.Lora, 0)]
    [InlineData(PeftMethod.Lora, 0.1)]
    [InlineData(PeftMethod.PTuningV2, 0)]
    [InlineData(PeftMethod.PTuningV2, 0.1)]
    [InlineData(PeftMethod.None, 0)]
    [InlineData(PeftMethod.None, 0.1)]
    public async Task Five_remote_steps_equal_five_local_steps_bit_for_bit(PeftMethod method, double dropout)
    {
        await using var run = new TinyRun(TinyRun.Settings(method, dropout));

        await CheckAsync(run);
    }

    [Theory]
    [InlineData(1, PeftMethod.PTuningV2)]
    [InlineData(1, PeftMethod.Lora)]
    [InlineData(1, PeftMethod.None)]
    [InlineData(2, PeftMethod.PTuningV2)]
    [InlineData(2, PeftMethod.Lora)]
    public async Task A_ChatGLM_trains_remotely_as_it_does_locally(int version, PeftMethod method)
    {
        TinyModel model = version == 1 ? new TinyChatGlm { Hidden = 16, Vocabulary = 32, TiedHead = true } : new TinyChatGlm2 { Hidden = 16, Vocabulary = 32 };
        var settings = TinyRun.Settings(method, dropout: 0.1);
        settings = settings with { Peft = settings.Peft with { Lora = settings.Peft.Lora with { Targets = [.. model.LoraTargets] } } };
        await using var run = new TinyRun(settings, model: model);

        await CheckAsync(run);
    }

    [Theory]
    [InlineData(PeftMethod.Lora)]
    [InlineData(PeftMethod.PTuningV2)]
    [InlineData(PeftMethod.None)]
    public async Task Steps_of_several_batches_and_overlapping_parts_are_remotely_what_they_are_locally(PeftMethod method)
    {
        var settings = TinyRun.InParts(TinyRun.Settings(method, dropout: 0.1));
        await using var run = new TinyRun(settings, model: TinyRun.Model with { TiedHead = method == PeftMethod.None });

        await CheckAsync(run);

        Assert.Equal([1, 2, 3, 4, 5], run.Seen.Steps.Select(step => step.Step));
        Assert.All(run.Seen.Steps, step => Assert.Equal(40, step.Tokens));
    }

    [Theory]
    [InlineData("modules")]
    [InlineData("patterns")]
    [InlineData("layers")]
    public async Task Every_kind_of_LoRA_trains_remotely_as_it_does_locally(string kind)
    {
        await using var run = new TinyRun(TinyRun.WithLora(TinyRun.Settings(dropout: 0.1), kind));

        await CheckAsync(run);
    }

    [Fact]
    public async Task Modules_of_a_single_client_that_train_whole_are_never_sent()
    {
        await using var run = new TinyRun(TinyRun.WithLora(TinyRun.Settings(steps: 1, rounds: 2), "modules"));
        var client = await run.ConnectAsync();
        var before = client.Values["model.embed_tokens.weight"];

        var result = await client.RunAsync();

        Assert.NotEqual(before, client.Values["model.embed_tokens.weight"]);
        Assert.DoesNotContain(result.Middle!.Tensors, tensor => tensor.Name.Contains("embed_tokens", StringComparison.Ordinal));
        var whole = client.Stages.Parameters.Where(parameter => !parameter.Name.Contains("lora_", StringComparison.Ordinal)).ToList();
        Assert.Equal(["model.embed_tokens.weight", "lm_head.weight"], whole.Select(parameter => parameter.Name));
        var hidden = 2 * 2 * 3 * 10 * TinyRun.Model.Hidden * 4L; // two legs of two steps of at most 3 rows of 10 tokens
        Assert.InRange(client.Channel.BytesSent, 0, hidden + (whole.Sum(parameter => parameter.Value.numel()) * 4));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    public async Task Sealing_and_new_key_periods_every_two_steps_change_no_loss(int accumulate, int microBatches)
    {
        var settings = TinyRun.InParts(TinyRun.Settings(dropout: 0.1, steps: 7), accumulate, microBatches) with { Crypto = new CryptoSettings { RekeyEvery = 2 } };
        await using var run = new TinyRun(settings, sealedChannel: true);
        var (losses, _) = await run.TrainLocallyAsync();
        var client = await run.ConnectAsync();
        var channel = Assert.IsType<SealedChannel>(client.Channel);
        client.Trainer.BeforeStep = async taken =>
        {
            while (channel.Epoch < 1 + (taken / 2))
                await client.Trainer.EvaluateAsync();
        };

        await client.RunAsync();

        Assert.Equal(losses, client.Trainer.Losses);
        Assert.Equal(4u, channel.Epoch);
        Assert.Equal(["new keys after step 2", "new keys after step 4", "new keys after step 6"], client.Seen.Events.Where(line => line.StartsWith("new keys", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Evaluating_in_between_does_not_disturb_training()
    {
        await using var run = new TinyRun(TinyRun.Settings(dropout: 0.1));
        var (losses, _) = await run.TrainLocallyAsync();
        var client = await run.ConnectAsync();
        client.Trainer.BeforeStep = _ => client.Trainer.EvaluateAsync();

        await client.RunAsync();

        Assert.Equal(losses, client.Trainer.Losses);
        Assert.Equal([1, 2, 3, 4, 5], run.Seen.Steps.Select(step => step.Step));
    }

    [Fact]
    public async Task A_single_clients_head_and_tail_are_never_sent()
    {
        await using var run = new TinyRun(TinyRun.Settings(PeftMethod.None, steps: 1, rounds: 2) with { ShareMiddle = false });
        var client = await run.ConnectAsync();

        var result = await client.RunAsync();

        Assert.Equal(2, result.Steps);
        Assert.Null(result.Middle);
        Assert.True(client.Channel.BytesSent < client.Stages.Parameters.Sum(parameter => parameter.Value.numel() * 4));
    }

    [Fact]
    public async Task A_goodbye_before_the_server_has_ended_the_last_turn_ends_the_run_normally()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1) with { ShareMiddle = false });
        run.Seen.OnStep = () => run.KeepBusyAsync(TimeSpan.FromMilliseconds(300));
        var client = await run.ConnectAsync();

        await client.RunAsync();

        Assert.Equal(ServedRun.Complete, await run.Served);
        Assert.Equal("client finished", run.Seen.Events.Last());
    }

    [Fact]
    public async Task Only_real_tokens_travel()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1) with { ShareMiddle = false });
        var client = await run.ConnectAsync(content: ModelContent.None);

        await client.RunAsync();

        var tensors = 2 * run.Seen.Steps.Single().Tokens * TinyRun.Model.Hidden * 4;
        Assert.Equal(20, run.Seen.Steps.Single().Tokens);
        Assert.InRange(client.Channel.BytesSent, tensors, tensors + 800);
    }

    private static async Task CheckAsync(TinyRun run)
    {
        var (losses, values) = await run.TrainLocallyAsync();
        var client = await run.ConnectAsync();

        var result = await client.RunAsync();

        Assert.Equal(ClientOutcome.Finished, result.Outcome);
        Assert.Equal(ServedRun.Complete, await run.Served);
        Assert.Equal(losses, client.Trainer.Losses);
        using var middle = result.Middle;
        Assert.NotNull(middle);
        var remote = client.Values.Concat(middle.Tensors.ToDictionary(t => t.Name, t => t.Value.data<float>().ToArray())).ToDictionary();
        Assert.Equal(values.Keys.Order(), remote.Keys.Order());
        Assert.All(values, value => Assert.Equal(value.Value, remote[value.Key]));
    }
}
