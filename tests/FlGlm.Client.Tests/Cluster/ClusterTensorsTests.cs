using FlGlm.Core.Peft;
using FlGlm.Server.Cluster;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Cluster;

public sealed class ClusterTensorsTests
{
    [Fact]
    public async Task Tensors_come_as_they_were_sent_however_many_messages_they_need()
    {
        var servers = MemoryCluster.Create(2);
        using var values = new ParameterSet(
        [
            ("large", rand((ClusterTensors.PieceBytes / 4) + 3)),
            ("bfloat16", rand(3, 5, dtype: bfloat16)),
            ("turned", rand(4, 6).t()),
            ("empty", empty(0, 2)),
            ("number", tensor(0.1, float64)),
        ]);

        await ClusterTensors.SendAsync(servers[1], 0, values, default);
        await ClusterTensors.SendAsync(servers[1], 0, null, default);
        using var received = await ClusterTensors.ReceiveAsync(servers[0], 1, default);

        Assert.Equal(values.Tensors.Select(each => each.Name), received!.Tensors.Select(each => each.Name));
        Assert.All(values.Tensors.Zip(received.Tensors), pair =>
        {
            Assert.Equal(pair.First.Value.shape, pair.Second.Value.shape);
            Assert.Equal(pair.First.Value.dtype, pair.Second.Value.dtype);
            Assert.True(pair.First.Value.Equals(pair.Second.Value), pair.First.Name);
        });
        Assert.Null(await ClusterTensors.ReceiveAsync(servers[0], 1, default));
    }
}
