using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Wire;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Wire;

public sealed class AdapterFramesTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Tensors_come_out_in_the_order_that_was_asked_for_whatever_the_order_of_arrival()
    {
        var pair = InMemoryPair.Create();
        await using var client = new PipeFrameChannel(pair.Client, FrameDirection.ClientToServer, "client");
        await using var server = new PipeFrameChannel(pair.Server, FrameDirection.ServerToClient, "server");
        server.Open(new Peer("alice", null, "here"), new WireSettings());
        using var sent = new ParameterSet([("b", tensor([2f])), ("a", tensor([1f]))]);
        await AdapterFrames.SendAsync(client, sent, 1 << 20, TimeSpan.FromSeconds(60), "test.limit_s", None, None);

        ParameterSpec[] specs = [new("a", [1], float32), new("b", [1], float32)];
        using var set = await AdapterFrames.ReceiveAsync(server.ReceiveAsync, specs, None);

        Assert.Equal([("a", 1f), ("b", 2f)], set.Tensors.Select(tensor => (tensor.Name, tensor.Value.item<float>())));
    }
}
