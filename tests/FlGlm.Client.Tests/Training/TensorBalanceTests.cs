using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>Counts the tensors of the whole process, so no other test may run at the same time.</summary>
[CollectionDefinition(nameof(TensorBalanceTests), DisableParallelization = true)]
[Collection(nameof(TensorBalanceTests))]
public sealed class TensorBalanceTests
{
    private const long CollectorsRoom = 64 << 20;

    [Theory]
    [InlineData(PeftMethod.Lora, 1)]
    [InlineData(PeftMethod.Lora, 2)]
    [InlineData(PeftMethod.PTuningV2, 1)]
    [InlineData(PeftMethod.None, 1)]
    public async Task Steps_leave_no_tensor_to_the_garbage_collector(PeftMethod method, int parts)
    {
        await using var run = new TinyRun(TinyRun.InParts(TinyRun.Settings(method, dropout: 0.1, steps: 14), parts, parts));
        var client = await run.ConnectAsync();
        long before = 0, after = 0;
        client.Trainer.BeforeStep = async taken =>
        {
            if (taken == 3)
            {
                GC.TryStartNoGCRegion(CollectorsRoom); // collects the garbage of earlier tests
                GC.WaitForPendingFinalizers();
                before = await SettledAsync();
            }

            if (taken != 13)
                return;
            after = await SettledAsync();
            GC.EndNoGCRegion();
        };

        await client.RunAsync();

        // ten steps; the server may keep a few replies more or fewer, as the client's confirmations come
        Assert.InRange(after - before, -2 * parts, 2 * parts);
    }

    [Fact]
    public async Task Tokens_leave_no_tensor_to_the_garbage_collector()
    {
        using var folder = new TempFolder();
        using var stages = ThreeStages.Open(TinyRun.Model.Write(folder.At("model")), new PeftSettings());
        using var local = new LocalGeneration(stages);
        await local.Decoder.PrefillAsync([[1, 2, 3], [4, 5]], default);
        await local.Decoder.DecodeAsync([6, 7], [0, 1], default);
        GC.TryStartNoGCRegion(CollectorsRoom);
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;

        for (var token = 0; token < 10; token++)
            await local.Decoder.DecodeAsync([6, 7], [1, 0], default);

        var after = Tensor.TotalCount;
        GC.EndNoGCRegion();
        Assert.Equal(before, after);
    }

    /// <summary>The number of tensors after the server has finished its optimizer step.</summary>
    private static async Task<long> SettledAsync()
    {
        long before, now = Tensor.TotalCount;
        do
        {
            await Task.Delay(100);
            (before, now) = (now, Tensor.TotalCount);
        }
        while (now != before);
        return now;
    }
}
