using FlGlm.Client.Data;
using FlGlm.Client.Events;
using FlGlm.Client.Training;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

/// <summary>The norms of what a data owner trains, as events.</summary>
public sealed class AdapterNormsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(PeftMethod.Lora)]
    [InlineData(PeftMethod.PTuningV2)]
    public async Task Norms_come_every_few_steps_and_change_no_bit(PeftMethod method)
    {
        var without = await RunAsync(method, every: 0);
        var with = await RunAsync(method, every: 2);

        Assert.Empty(without.OfType<ClientEvent.AdapterNorms>());
        Assert.Equal([2, 4], with.OfType<ClientEvent.AdapterNorms>().Select(norms => norms.Step));
        Assert.Equal(Losses(without), Losses(with));
        Assert.Equal(File.ReadAllBytes(_folder.At($"{method}-0", "adapter_model.safetensors")), File.ReadAllBytes(_folder.At($"{method}-2", "adapter_model.safetensors")));
    }

    [Fact]
    public async Task The_norms_are_those_of_head_and_tail()
    {
        var last = (await RunAsync(PeftMethod.Lora, every: 4)).OfType<ClientEvent.AdapterNorms>().Single();

        using var adapter = new SafetensorsReader(_folder.At($"{PeftMethod.Lora}-4", "adapter_model.safetensors"));
        var norms = adapter.Tensors.Values.Where(tensor => tensor.Name.Contains(".layers.0.", StringComparison.Ordinal) || tensor.Name.Contains($".layers.{TinyRun.Model.Blocks - 1}.", StringComparison.Ordinal)).Select(Norm);

        Assert.Equal(norms.Order(), last.Norms.Select(norm => (double)norm).Order(), (one, other) => Math.Abs(one - other) <= 1e-5 * one);

        double Norm(TensorInfo tensor)
        {
            var bytes = new byte[tensor.ByteLength];
            adapter.CopyBytes(tensor, 0, bytes);
            return Math.Sqrt(bytes.Chunk(sizeof(float)).Sum(number => Math.Pow(BitConverter.ToSingle(number), 2)));
        }
    }

    private static IEnumerable<float> Losses(IEnumerable<RunEvent> events) => events.OfType<StepReport>().Select(step => step.Loss);

    private async Task<List<RunEvent>> RunAsync(PeftMethod method, int every)
    {
        int[] ids = [3, 4, 5, 6];
        var trainer = new LocalTrainer(new TrainerOptions
        {
            Model = TinyRun.Model.Write(_folder.At("model")),
            Plan = TinyRun.Settings(method, dropout: 0.1, steps: 4),
            Examples = [new Example(ids, ids), new Example(ids, ids)],
            Compute = new ComputeSettings { Threads = 1 },
            Output = _folder.At($"{method}-{every}"),
            NormsEvery = every,
        });
        List<RunEvent> events = [];
        await foreach (var happened in trainer.RunAsync())
            events.Add(happened);
        return events;
    }
}
