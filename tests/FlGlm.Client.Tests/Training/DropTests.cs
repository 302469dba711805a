using FlGlm.Client.Training;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Server.Hosting;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>Passes that a client gives up.</summary>
public sealed class DropTests
{
    private static readonly SequenceLayout Layout = new([2, 3]);

    [Fact]
    public async Task A_training_pass_disposed_without_backward_is_freed_at_the_server_and_counts_for_nothing()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var client = await run.ConnectAsync();

        var result = await TrainAsync(client, async () =>
        {
            // More than the server lets wait for a gradient, one by one and all that it allows at once.
            for (var i = 0; i < 10; i++)
                await (await ForwardAsync(client)).DisposeAsync();
            IMiddlePass[] open = [await ForwardAsync(client), await ForwardAsync(client), await ForwardAsync(client), await ForwardAsync(client)];
            foreach (var pass in open)
                await pass.DisposeAsync();
        });

        await ExpectWholeRunAsync(run, client, result);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_step_given_up_after_one_of_its_gradients_leaves_none_at_the_server(bool hasOpenPass)
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var client = await run.ConnectAsync();

        var result = await TrainAsync(client, async () =>
        {
            var first = await ForwardAsync(client);
            var second = await ForwardAsync(client);
            using var gradient = ones(2, 3, TinyRun.Model.Hidden);
            (await first.BackwardAsync(gradient, new StepTerms(Accumulate: true), default)).Dispose();
            if (!hasOpenPass)
                (await second.BackwardAsync(gradient, new StepTerms(Accumulate: true), default)).Dispose();
            await first.DisposeAsync();
            await second.DisposeAsync();
            await client.Session.Middle.DropStepAsync();
        });

        await ExpectWholeRunAsync(run, client, result);
    }

    [Fact]
    public async Task A_forward_cancelled_while_its_reply_is_under_way_leaves_the_session_usable()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var client = await run.ConnectAsync();
        using var held = new ManualResetEventSlim();

        var result = await TrainAsync(client, async () =>
        {
            var holding = run.HoldLaneAsync(held);
            for (var i = 0; i < 6; i++)
            {
                using var cancel = new CancellationTokenSource();
                var sent = client.Channel.BytesSent;
                var forward = ForwardAsync(client, cancel.Token);
                await TinyRun.UntilAsync(() => client.Channel.BytesSent >= sent + (2 * 3 * TinyRun.Model.Hidden));
                await cancel.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => forward);
            }

            held.Set();
            await holding;
        });

        await ExpectWholeRunAsync(run, client, result);
    }

    private static async Task<ClientRun> TrainAsync(TinyClient client, Func<Task> first) => await client.Session.RunAsync(
        10,
        async (round, steps, stop, ct) =>
        {
            await first();
            return await client.Trainer.TrainAsync(round, steps, stop, ct);
        },
        default,
        default);

    private static async Task<IMiddlePass> ForwardAsync(TinyClient client, CancellationToken ct = default)
    {
        using var hidden = ones(2, 3, TinyRun.Model.Hidden);
        return await client.Session.Middle.ForwardAsync(hidden, Layout, PassMode.Train, ct);
    }

    /// <summary>The turn has ended after all its steps, with the results of a run without the passes given up.</summary>
    private static async Task ExpectWholeRunAsync(TinyRun run, TinyClient client, ClientRun result)
    {
        Assert.Equal((ClientOutcome.Finished, 5), (result.Outcome, result.Steps));
        Assert.Equal(ServedRun.Complete, await run.Served);
        Assert.Equal(5, run.MiddleSteps.Taken);
        Assert.Equal([1, 2, 3, 4, 5], run.Seen.Steps.Select(step => step.Step));
        var (losses, values) = await run.TrainLocallyAsync();
        Assert.Equal(losses, client.Trainer.Losses);
        Assert.All(client.Values, value => Assert.Equal(values[value.Key], value.Value));
        Assert.All(TinyTrainer.Values(run.Middle.Parameters), value => Assert.Equal(values[value.Key], value.Value));
    }
}
