using System.Text.Json;
using FlGlm.Cli;
using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Tasks;
using FlGlm.Client.Tasks.Generation;
using FlGlm.Core.Configuration;
using FlGlm.EndToEnd.Tests.Commands;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.CommandLine;

/// <summary>The files in configs/tasks: each task with each of the paper's models, planned from a <c>config.json</c> alone.</summary>
public sealed class TaskConfigsTests : IDisposable
{
    private const string ChatGlm = "-chatglm-6b.yaml";
    private const string Llama = "-llama2-7b-chat.yaml";

    /// <summary>ChatGLM-6B's marks in their published order: with 129995 image tokens before them they have the ids of its config.json.</summary>
    private static readonly string[] Marks = ["<pad>", "<n>", "[MASK]", "[gMASK]", "[sMASK]", "<unused_0>", "<sop>", "<eop>", "<ENC>", "<dBLOCK>"];

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Files => [.. Directory.GetFiles(RepositoryFolder.At("configs", "tasks")).Select(path => Path.GetFileName(path))];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_task_has_a_file_for_each_of_the_paper_s_models()
    {
        var files = Directory.GetFiles(RepositoryFolder.At("configs", "tasks")).Select(path => Path.GetFileName(path)).ToList();

        foreach (var model in new[] { ChatGlm, Llama })
        {
            Assert.Equal(
                KnownTasks.All.Select(task => task.Name).Order(),
                files.Where(file => file.EndsWith(model, StringComparison.Ordinal)).Select(file => Load(file).Data.Task).Order());
        }

        Assert.Equal(2 * KnownTasks.All.Count, files.Count);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_run_of_a_task_is_planned_with_the_settings_of_its_model(string file)
    {
        var isChatGlm = file.EndsWith(ChatGlm, StringComparison.Ordinal);
        var model = Path.GetDirectoryName(_folder.Write("config.json", isChatGlm ? PublishedConfigs.ChatGlm6B : PublishedConfigs.Llama27B))!;

        var run = await CommandRun.OfAsync("inspect", "--config", RepositoryFolder.At("configs", "tasks", file), "--set", $"model.path={model}", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var parts = JsonDocument.Parse(run.Output).RootElement.GetProperty("footprint").GetProperty("parts").EnumerateArray();
        Assert.Equal(isChatGlm ? 29_360_128 : 16_777_216, parts.Sum(part => part.GetProperty("trained_parameters").GetInt64()));
        var config = Load(file);
        Assert.Equal(
            isChatGlm ? (OptimizerName.Adam, 2e-2, 0, 1) : (OptimizerName.AdamW, 2e-4, 20, 1),
            (config.Optimizer.Name, config.Optimizer.LearningRate, config.Optimizer.WarmupSteps, config.Training.BatchSize));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_words_of_a_task_are_some_that_its_model_takes_and_its_rows_have_room_for_them(string file)
    {
        var isChatGlm = file.EndsWith(ChatGlm, StringComparison.Ordinal);
        var model = isChatGlm ? ChatGlmFolder() : LlamaFolder();
        var config = Load(file);
        var task = KnownTasks.Find(config.Data.Task)!;
        var questions = new TaskQuestions(new CheckpointText(model, TextTokenizer.Open(model)), task, config.Data.Pattern);

        Assert.Equal(!isChatGlm ? "llama2-chat" : task is SummaryTask ? "article" : task.Patterns[0].Name, questions.Pattern.Name);  // the paper's
        var data = config.Data with { Folder = RepositoryFolder.At("tests", "Fixtures", "tasks", task.Name.Split('/')[^1]) };
        var rows = new EvaluationRows(new EvaluatorOptions { Model = model, Data = data, Generation = config.Generation }, questions, data.MaxLength);
        Assert.InRange(rows.Count(), 1, 100);
    }

    [Theory]
    [InlineData("cnn-dailymail", 160, 55, 5, 0.7)]
    [InlineData("xsum", 60, 10, 6, 1)]
    public void Summaries_are_generated_with_GLM_s_settings(string task, int longest, int shortest, int beams, double penalty)
    {
        foreach (var model in new[] { ChatGlm, Llama })
        {
            var config = Load(task + model);
            var generation = config.Generation;
            Assert.Equal((longest, shortest, beams, penalty), (generation.MaxNewTokens, generation.MinNewTokens, generation.NumBeams, generation.LengthPenalty));
            Assert.Equal((3, false, 608), (generation.NoRepeatNgramSize, generation.NoRepeatOfPrompt, config.Data.MaxLength - longest));
        }
    }

    private static FlGlmConfig Load(string file) => ConfigFile.Load<FlGlmConfig>(RepositoryFolder.At("configs", "tasks", file), []).Settings;

    private string LlamaFolder()
    {
        ByteTokenizer.WriteTo(_folder.Path);
        return _folder.Path;
    }

    private string ChatGlmFolder()
    {
        _folder.Write("config.json", PublishedConfigs.ChatGlm6B);
        _folder.Write("tokenizer_config.json", """{"num_image_tokens": 129995}""");
        return Path.GetDirectoryName(_folder.Write("ice_text.model", ByteTokenizer.Model(Marks.Select(mark => (mark, mark != "<n>")))))!;
    }
}
