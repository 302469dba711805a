using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Generation;
using FlGlm.Client.Tasks;
using FlGlm.Client.Tests.Tasks;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Evaluation;

/// <summary>A random Llama of bytes, and evaluations of our own rows with it.</summary>
internal sealed class TinyEvaluation : IDisposable
{
    private readonly TempFolder _folder = new();

    public TinyEvaluation() => Model = WriteModel("model", seed: 1);

    public string Model { get; }

    public string At(params string[] parts) => _folder.At(parts);

    /// <summary>Writes the model, with another seed another one.</summary>
    public string WriteModel(string name, long seed)
    {
        new TinyLlama { Hidden = 16, Blocks = 3, Vocabulary = ByteTokenizer.Size, MaxPositions = 512, Seed = seed }.Write(At(name));
        File.WriteAllBytes(At(name, "tokenizer.model"), ByteTokenizer.Model());
        return At(name);
    }

    /// <summary>Writes a file of rows into a folder of its own.</summary>
    /// <returns>the folder</returns>
    public string WriteRows(string name, string file, string content)
    {
        Directory.CreateDirectory(At(name));
        File.WriteAllText(At(name, file), content);
        return At(name);
    }

    /// <param name="output">the name of the folder of predictions and summary</param>
    public EvaluatorOptions Options(string task, string output) => new()
    {
        Model = Model,
        Plan = new RunPlan { Peft = new PeftSettings { Method = PeftMethod.None } },
        Data = new DataSettings { Task = task, Folder = TaskRows.Fixture(task), MaxLength = 500 },
        Generation = new GenerationSettings { MaxNewTokens = 4 },
        Evaluation = new EvaluationSettings { BatchSize = 4, Resamples = 20 },
        Output = At(output),
    };

    /// <summary>Evaluates to the end.</summary>
    /// <returns>the result, what was reported, and the text of <c>predictions.jsonl</c></returns>
    public static async Task<(EvaluationSummary Summary, IReadOnlyList<RunEvent> Events, string Predictions)> RunAsync(EvaluatorOptions options)
    {
        var evaluator = new Evaluator(options);
        var events = await evaluator.RunAsync().ToListAsync();
        return (evaluator.Summary!, events, Predictions(options));
    }

    /// <summary>Evaluates until the task has judged this many answers; the batch of the last one is finished.</summary>
    public static async Task StopAfterAsync(EvaluatorOptions options, int answers)
    {
        Evaluator? evaluator = null;
        evaluator = new Evaluator(options with { Task = new WatchedTask(KnownTasks.Find(options.Data.Task)!, judged =>
        {
            if (judged == answers)
                evaluator!.Stop();
        }) });
        await evaluator.RunToEndAsync();
        Assert.Null(evaluator.Summary);
        Assert.False(File.Exists(Path.Combine(options.Output, "summary.json")));
    }

    public static string Predictions(EvaluatorOptions options) => File.ReadAllText(Path.Combine(options.Output, "predictions.jsonl"));

    public void Dispose() => _folder.Dispose();
}
