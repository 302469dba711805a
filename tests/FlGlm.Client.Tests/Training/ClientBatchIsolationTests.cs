using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>What a neighbour in a joint step can do to a client's values: nothing at all with products apart, little with joined ones.</summary>
public sealed class ClientBatchIsolationTests
{
    private const double Relative = 1e-5;
    private static readonly SequenceLayout Own = new([9, 5, 12]);
    private static readonly SequenceLayout[] Neighbours = [new([9, 5, 12]), new([3]), new([16, 16, 16, 16])];

    [Theory]
    [InlineData(BatchProducts.Apart, PeftMethod.Lora, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData(BatchProducts.Apart, PeftMethod.PTuningV2)]
    [InlineData(BatchProducts.Joined, PeftMethod.Lora)]
    [InlineData(BatchProducts.Joined, PeftMethod.PTuningV2, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task Whatever_a_neighbour_sends_a_clients_values_are_its_own(BatchProducts products, PeftMethod method)
    {
        var (output, back) = await StepAsync(products, method, neighbour: null, scale: 1);
        foreach (var neighbour in Neighbours)
        {
            foreach (var scale in new[] { 1.0, 1e4 })
            {
                var (beside, backBeside) = await StepAsync(products, method, neighbour, scale);
                Same(products, output, beside);
                Same(products, back, backBeside);
            }
        }
    }

    [Theory]
    [InlineData(BatchProducts.Apart, 1e38, 1)]
    [InlineData(BatchProducts.Apart, 1, 1e38)]
    [InlineData(BatchProducts.Joined, 1e38, 1)]
    [InlineData(BatchProducts.Joined, 1, 1e38)]
    public async Task A_neighbour_whose_values_overflow_fails_alone_and_the_step_is_taken_without_it(BatchProducts products, double scale, double gradientScale)
    {
        using var alone = New(products, PeftMethod.Lora, clients: 1);
        using var beside = New(products, PeftMethod.Lora, clients: 2);
        var (output, back) = await alone.StepAsync(0, Own, seed: 1);

        var stepping = beside.StepAsync(0, Own, seed: 1);
        await Assert.ThrowsAsync<NotFiniteException>(() => beside.StepAsync(1, Neighbours[0], seed: 2, scale, gradientScale));
        await beside.Scheduler.LeaveAsync(beside.Clients[1]);
        var (outputBeside, backBeside) = await stepping;

        Same(products, output, outputBeside);
        Same(products, back, backBeside);
        var (next, _) = await alone.StepAsync(0, Own, seed: 3);  // the middle's step is behind it
        var (nextBeside, _) = await beside.StepAsync(0, Own, seed: 3);
        Same(products, next, nextBeside);
        Assert.All(beside.Middle.Parameters, parameter => Assert.True(parameter.Value.isfinite().all().item<bool>()));
    }

    [Theory]
    [InlineData(BatchProducts.Apart)]
    [InlineData(BatchProducts.Joined)]
    public async Task The_order_in_which_rows_arrive_changes_no_bit(BatchProducts products)
    {
        var results = new List<(Tensor Output, Tensor Back)[]>();
        foreach (var order in new[] { new[] { 0, 1, 2 }, [2, 1, 0], [1, 2, 0] })
        {
            using var steps = New(products, PeftMethod.Lora, clients: 3);
            var (last, first) = (new Task<(Tensor, Tensor)>[3], new Task<(Tensor, Tensor)>[3]);
            foreach (var client in order)
                first[client] = steps.StepAsync(client, Neighbours[client], seed: client);
            await Task.WhenAll(first);
            foreach (var client in order)
                last[client] = steps.StepAsync(client, Neighbours[client], seed: 10 + client);
            results.Add(await Task.WhenAll(last));
        }

        foreach (var (one, other) in results.Skip(1).SelectMany(result => results[0].Zip(result)))
        {
            Bits.Equal(one.Output, other.Output, "hN-2 of the second step");
            Bits.Equal(one.Back, other.Back, "dL/dh0 of the second step");
        }
    }

    [Theory]
    [InlineData(BatchProducts.Apart)]
    [InlineData(BatchProducts.Joined)]
    public async Task Clients_whose_batches_have_different_numbers_of_parts_do_not_wait_for_each_other_for_ever(BatchProducts products)
    {
        using var steps = New(products, PeftMethod.Lora, clients: 3);

        for (var step = 0; step < 2; step++)
        {
            await Task.WhenAll(steps.StepInPartsAsync(0, 3, 3), steps.StepInPartsAsync(1, 2, 3), steps.StepInPartsAsync(2, 1))
                .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>With <c>apart</c> a client has its reply before the others have sent theirs.</summary>
    [Fact]
    public async Task A_validation_sees_the_step_before_it_however_late_the_others_are()
    {
        using var steps = New(BatchProducts.Apart, PeftMethod.Lora, clients: 2);
        var rows = new SequenceLayout([4]);
        await steps.StepAsync(0, rows, seed: 1);

        var early = steps.EvaluateAsync(0, rows, seed: 2);
        await steps.StepAsync(1, rows, seed: 3);

        Bits.Equal(await steps.EvaluateAsync(0, rows, seed: 2), await early, "hN-2 of the validation");
    }

    private static JointSteps New(BatchProducts products, PeftMethod method, int clients) => new(
        products,
        new PeftSettings
        {
            Method = method,
            Lora = new LoraSettings { Rank = 4, Dropout = 0.1 },
            Prefix = new PrefixSettings { Length = 5, Dropout = 0.1 },
        },
        dropout: 0.1,
        clients);

    private static async Task<(Tensor Output, Tensor Back)> StepAsync(BatchProducts products, PeftMethod method, SequenceLayout? neighbour, double scale)
    {
        using var steps = New(products, method, neighbour is null ? 1 : 2);
        var stepping = steps.StepAsync(0, Own, seed: 1);
        if (neighbour is not null)
            await steps.StepAsync(1, neighbour, seed: 2, scale, gradientScale: scale);
        return await stepping;
    }

    private static void Same(BatchProducts products, Tensor expected, Tensor actual)
    {
        if (products == BatchProducts.Apart)
        {
            Bits.Equal(expected, actual, "a client's values beside a neighbour");
            return;
        }

        foreach (var (row, length) in Own.Lengths.Index())
        {
            var (one, other) = (expected[row].narrow(0, 0, length), actual[row].narrow(0, 0, length));
            Assert.InRange(((one - other).norm() / one.norm()).item<float>(), 0, Relative);
        }
    }
}
