using FlGlm.Client.Training;
using FlGlm.Core.Planning;
using FlGlm.Server.Hosting;

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
