using FlGlm.Client.Data;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

/// <summary>Rows made by the caller from texts, instead of files.</summary>
public sealed class TrainerExamplesTests : IDisposable
{
    private static readonly (string Prompt, string Answer)[] Texts = [("On day 3", " the ship came."), ("x", "y"), ("Who?", " Ada")];
    private readonly TempFolder _folder = new();
    private readonly string _model;

    public TrainerExamplesTests()
    {
        _model = new TinyLlama { Vocabulary = ByteTokenizer.Size }.Write(_folder.At("model"));
        File.WriteAllBytes(Path.Combine(_model, "tokenizer.model"), ByteTokenizer.Model());
        File.WriteAllLines(_folder.At("rows.jsonl"), Texts.Select(text => $$"""{"prompt": "{{text.Prompt}}", "completion": "{{text.Answer}}"}"""));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Training_on_texts_of_the_caller_is_training_on_a_file_of_them()
    {
        var tokenizer = TextTokenizer.Open(_model);
        Example[] examples = [.. Texts.Select(text => tokenizer.EncodeExample(new Dialogue(text.Prompt), text.Answer))];

        var ofFile = await LossesAsync(new TrainerOptions { Model = _model, Data = new DataSettings { Train = [_folder.At("rows.jsonl")], MaxLength = 64 } });
        var ofTexts = await LossesAsync(new TrainerOptions { Model = _model, Examples = examples });

        Assert.Equal(ofFile, ofTexts);
    }

    private static async Task<List<float>> LossesAsync(TrainerOptions options)
    {
        var training = new TrainingSettings { Steps = 3, BatchSize = 2 };
        var trainer = new LocalTrainer(options with { Plan = new RunPlan { Training = training }, Compute = new ComputeSettings { Threads = 1 } });
        List<float> losses = [];
        await foreach (var happened in trainer.RunAsync())
        {
            if (happened is StepReport step)
                losses.Add(step.Loss);
        }

        Assert.Equal(3, losses.Count);
        return losses;
    }
}
