using FlGlm.Client.Data;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Evaluation;
using FlGlm.Privacy.Tap;
using FlGlm.Server.Tap;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Tests.Tap;

public sealed class RecorderTests : IDisposable
{
    private static readonly TinyLlama Model = new() { Hidden = 16, Vocabulary = 32, MaxPositions = 64 };
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_recording_has_the_four_tensors_of_every_pass_as_the_attackers_own_copy_of_the_model_computes_them()
    {
        var model = Model.Write(_folder.At("model"));
        var plan = Plan(PeftMethod.Lora);

        var recording = await RecordedRun.RecordAsync(model, plan, Rows(), _folder.At("tap"));

        Assert.True(recording.IsComplete);
        Assert.Equal(3, recording.Passes.Count);
        Assert.Equal([1L, 2L, 3L], recording.Passes.Select(pass => pass.Step));
        using var own = new PublicModel(model);
        var batch = PassTruth.Of(Rows(), plan, 3).First();
        Example[] first = [.. Enumerable.Range(0, batch.Rows).Select(row => new Example(Part(batch.Ids, row), Part(batch.Labels, row)))];
        foreach (var channel in Enum.GetValues<PassChannel>())
        {
            using var scope = NewDisposeScope();
            using var expected = own.Shadow(first, plan.Split, channel, batchSize: first.Length);
            var seen = recording.Passes[0].Read(channel)!;
            Assert.Equal(recording.Passes[0].Lengths, expected.Rows.Lengths);
            Assert.Equal(expected.Rows.Vectors.shape, seen.shape);
            Assert.True((seen - expected.Rows.Vectors).abs().max().item<float>() < 1e-5f, $"{channel} differs");
        }

        int[] Part(long[] values, int row) => [.. values.AsSpan(row * batch.Length, batch.Lengths[row]).ToArray().Select(value => (int)value)];
    }

    [Fact]
    public async Task Adapters_that_travel_at_the_average_are_recorded_in_both_directions()
    {
        var model = Model.Write(_folder.At("model"));
        var plan = Plan(PeftMethod.Lora) with { Training = new TrainingSettings { Steps = 1, BatchSize = 3 }, Clients = new ClientsSettings { Expected = 2 } };

        var recording = await RecordedRun.RecordAsync(model, plan, Rows(), _folder.At("tap"));

        var ends = recording.Frames.Where(frame => frame.Kind == "AdapterEnd").ToList();
        Assert.Equal(ends.Count, recording.Adapters.Count);
        foreach (var fromClient in new[] { true, false })
        {
            Assert.Contains(recording.Adapters, adapter => adapter.FromClient == fromClient);
            foreach (var adapter in recording.Adapters.Where(adapter => adapter.FromClient == fromClient))
            {
                using var file = TensorFile.Open(adapter.File);
                Assert.Contains(file.Tensors.Values, tensor => tensor.Name.Contains("lora_A", StringComparison.Ordinal) && tensor.Shape.SequenceEqual([2L, 16L]));
            }
        }
    }

    [Fact]
    public async Task A_tapped_run_computes_the_same_bits_and_a_tap_that_fails_does_not_end_it()
    {
        var model = Model.Write(_folder.At("model"));
        var plan = Plan(PeftMethod.Lora);

        var plain = await RecordedRun.TrainAsync(model, plan, Rows(), tap: null);
        var failing = new FailingTap();
        var tapped = await RecordedRun.TrainAsync(model, plan, Rows(), failing);

        Assert.Equal(plain, tapped);
        Assert.Equal(1, failing.Calls);
    }

    [Fact]
    public void A_folder_that_holds_a_recording_is_refused_and_so_is_one_that_holds_none()
    {
        Directory.CreateDirectory(_folder.At("used"));
        File.WriteAllText(_folder.At("used/manifest.jsonl"), "no json\n");

        Assert.Contains("holds a recording already", Assert.Throws<ConfigurationException>(() => new Recorder(_folder.At("used"))).Message, StringComparison.Ordinal);
        Assert.Contains("manifest.jsonl:1", Assert.Throws<DataException>(() => Recording.Open(_folder.At("used"))).Message, StringComparison.Ordinal);
        Assert.Contains("holds no recording", Assert.Throws<DataException>(() => Recording.Open(_folder.At("none"))).Message, StringComparison.Ordinal);
    }

    internal static RunPlan Plan(PeftMethod method, int tail = 1, int steps = 3) => new()
    {
        Split = new SplitSettings { Head = 1, Tail = tail },
        Peft = new PeftSettings { Method = method, Lora = new LoraSettings { Rank = 2, Targets = [.. Model.LoraTargets] } },
        Optimizer = new OptimizerSettings { LearningRate = 0.01 },
        Training = new TrainingSettings { Steps = steps, BatchSize = 3 },
    };

    internal static IReadOnlyList<Example> Rows()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 9).Select(row => Row(random, 6 + row))];
    }

    private static Example Row(Random random, int length)
    {
        int[] ids = [.. Enumerable.Range(0, length).Select(_ => random.Next(1, 32))];
        return new Example(ids, [.. ids.Select((id, place) => place < length / 2 ? Example.Ignored : id)]);
    }

    private sealed class FailingTap : IServerTap
    {
        public int Calls { get; private set; }

        public void Seen(TappedFrame frame)
        {
            Calls++;
            throw new IOException("no space left");
        }
    }
}
