using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Server.Hosting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>Replicas on the devices that <c>compute.devices</c> names; here all are the processor, with threads of their own.</summary>
public sealed class ReplicaDeviceTests
{
    [Fact]
    public async Task Clients_whose_replicas_are_dealt_to_devices_train_with_the_same_bits()
    {
        var plan = Plan();
        await using var one = new TinyRun(plan);
        await using var dealt = new TinyRun(plan, devices: [CPU, CPU, CPU]);

        Assert.Equal(await TrainAsync(one), await TrainAsync(dealt));
    }

    [Theory]
    [InlineData(PeftMethod.Lora)]
    [InlineData(PeftMethod.PTuningV2)]
    [InlineData(PeftMethod.None)]
    public async Task A_copy_of_the_middle_computes_the_same_from_weights_of_its_own(PeftMethod method)
    {
        await using var run = new TinyRun(TinyRun.Settings(method));
        using var copy = run.Middle.CopyTo(CPU);
        var layout = new SequenceLayout([3]);
        using var hidden = randn(1, 3, 16);
        using var pass = run.Middle.Forward(hidden, layout, PassMode.Evaluate);
        using var same = copy.Forward(hidden, layout, PassMode.Evaluate);
        Assert.Equal(pass.Output.data<float>().ToArray(), same.Output.data<float>().ToArray());

        using (no_grad())
        {
            foreach (var parameter in run.Middle.Parameters)
                parameter.Value.add_(1);
        }

        using var changed = run.Middle.Forward(hidden, layout, PassMode.Evaluate);
        using var kept = copy.Forward(hidden, layout, PassMode.Evaluate);
        Assert.NotEqual(pass.Output.data<float>().ToArray(), changed.Output.data<float>().ToArray());
        Assert.Equal(pass.Output.data<float>().ToArray(), kept.Output.data<float>().ToArray());
    }

    [Fact]
    public async Task Devices_of_a_strategy_without_replicas_are_refused()
    {
        using var folder = new TempFolder();
        var server = new FlGlmServer(new ServerOptions { Model = folder.At("none"), Compute = new ComputeSettings { Devices = ["cpu", "cpu"] } });

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => server.RunToEndAsync());

        Assert.StartsWith("compute.devices: place the replicas of training.strategy: server_hierarchical", error.Message, StringComparison.Ordinal);
        Assert.Equal("compute.devices: 'gpu' is no device; cpu, cuda or cuda:0.", $"compute.{new ComputeSettings { Devices = ["gpu"] }.Validate().Single()}");
    }

    private static RunPlan Plan()
    {
        var plan = Strategies.With(TinyRun.Settings(dropout: 0.2, steps: 6, clients: 3), Strategies.Hierarchical, period: 3);
        return plan with { Clients = plan.Clients with { Names = ["a", "b", "c"] } };
    }

    private static async Task<List<float>> TrainAsync(TinyRun run)
    {
        List<TinyClient> clients = [];
        foreach (var (index, name) in new[] { "a", "b", "c" }.Index())
            clients.Add(await run.ConnectAsync(name, data: index + 1));
        await Task.WhenAll(clients.Select(client => client.RunAsync()));
        return [.. clients.SelectMany(client => client.Trainer.Losses)];
    }
}
