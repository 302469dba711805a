using FlGlm.Client.Data;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

/// <summary>Rows in a temporary file end with the training that uses them.</summary>
public sealed class DataDisposalTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public async Task The_data_of_a_training_are_disposed_of_with_it_and_when_it_cannot_begin(int steps)
    {
        var options = new TrainerOptions { Model = new TinyLlama { Vocabulary = ByteTokenizer.Size }.Write(_folder.At("model")) };
        var plan = new RunPlan { Training = new TrainingSettings { Steps = steps, Rounds = 2 } };
        var events = new RunEvents();
        using var model = SplitModel.Open(options.Model, plan, new ComputeSettings { Threads = 1 }, events);
        var rows = new DataSettings { Train = [_folder.Write("rows.jsonl", """{"input_ids": [5, 6, 7]}""")] };
        var data = Dataset.Load(rows, options.Model, maxPositions: 512, task: null, new ExampleStore(memory: 0));
        Assert.Equal([5, 6, 7], data.Train[0].Ids);

        if (steps == 1)
            (await ClientTraining.OpenAsync(options, model, data, events, CancellationToken.None)).Dispose();
        else
            await Assert.ThrowsAsync<ConfigurationException>(() => ClientTraining.OpenAsync(options, model, data, events, CancellationToken.None));

        Assert.Throws<ObjectDisposedException>(() => data.Train[0]);
    }
}
