using System.Text.Json;
using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Generation;
using FlGlm.Client.Sessions;
using FlGlm.Client.Tasks;
using FlGlm.Client.Tests.Generation;
using FlGlm.Core.Configuration;
using FlGlm.Server.Events;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Evaluation;

public sealed class EvaluatorTests : IDisposable
{
    private const string BoolQ = "superglue/boolq";
    private const string MultiRc = "superglue/multirc";
    private readonly TinyEvaluation _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData(MultiRc, 3, 4)]
    [InlineData("xsum", 1, 2)]
    public async Task A_stopped_evaluation_finishes_its_batch_and_goes_on_as_if_it_had_not_stopped(string task, int stopAfter, int kept)
    {
        var options = _tiny.Options(task, "run");
        options = options with { Generation = options.Generation with { BatchSize = 2, DoSample = true } };
        var whole = await TinyEvaluation.RunAsync(options with { Output = _tiny.At("whole") });
        await TinyEvaluation.StopAfterAsync(options, stopAfter);
        Assert.Equal(Lines(whole.Predictions)[..kept], Lines(TinyEvaluation.Predictions(options)));

        var resumed = await TinyEvaluation.RunAsync(options);

        Assert.Equal(whole.Predictions, resumed.Predictions);
        Assert.Equal(whole.Summary.Metrics, resumed.Summary.Metrics);
        Assert.Contains($"{kept} answers of an earlier run are kept", resumed.Events.Select(each => each.ToString()));
        Assert.Equal(Lines(whole.Predictions).Length - kept, resumed.Events.OfType<EvaluationEvent.Answered>().Count());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task The_half_line_of_a_crash_is_cut_off_and_its_batch_computed_again(int lines)
    {
        var options = _tiny.Options(MultiRc, "run");
        var whole = await TinyEvaluation.RunAsync(options);
        File.Delete(_tiny.At("run", "summary.json"));
        var all = Lines(whole.Predictions);
        File.WriteAllText(_tiny.At("run", "predictions.jsonl"), string.Concat(all[..lines].Select(line => line + "\n")) + all[lines][..20]);
        var batches = new List<int>();

        var resumed = await TinyEvaluation.RunAsync(options with { Task = new WatchedTask(KnownTasks.Find(MultiRc)!, batches.Add) });

        Assert.Equal(whole.Predictions, resumed.Predictions);
        Assert.True(File.Exists(_tiny.At("run", "summary.json")));
        Assert.Equal(all.Length - (lines / 2 * 2), batches.Count); // two answers a batch
    }

    [Fact]
    public async Task An_evaluation_that_has_ended_is_not_computed_again()
    {
        var options = _tiny.Options(BoolQ, "run");
        var first = await TinyEvaluation.RunAsync(options);

        var again = await TinyEvaluation.RunAsync(options);

        Assert.Empty(again.Events.OfType<EvaluationEvent.Answered>());
        Assert.Equal((first.Predictions, first.Summary.Metrics[0]), (again.Predictions, again.Summary.Metrics[0]));
    }

    [Fact]
    public async Task A_folder_of_another_evaluation_is_refused_and_left_as_it_is()
    {
        var options = _tiny.Options(BoolQ, "run");
        await TinyEvaluation.RunAsync(options);
        var before = Directory.GetFiles(_tiny.At("run")).ToDictionary(file => file, File.ReadAllText);

        foreach (var (other, says) in new[]
        {
            (options with { Limit = 1 }, "\"limit\": 0 where this one has \"limit\": 1"),
            (options with { Evaluation = options.Evaluation with { LengthPenalty = 1 } }, "\"length_penalty\": 0 where this one has \"length_penalty\": 1"),
            (options with { Model = _tiny.WriteModel("other", seed: 2) }, "\"model\":"),
        })
        {
            var error = await Assert.ThrowsAsync<ConfigurationException>(() => TinyEvaluation.RunAsync(other));
            Assert.StartsWith($"run.directory: '{_tiny.At("run")}' holds another evaluation, of ", error.Message, StringComparison.Ordinal);
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, Directory.GetFiles(_tiny.At("run")).ToDictionary(file => file, File.ReadAllText));
    }

    [Theory]
    [InlineData("holds half a line", "{\"id\":\n", "run.directory: ")]
    [InlineData("holds null", "null\n", "run.directory: ")]
    public async Task Predictions_that_are_none_are_refused(string why, string line, string key)
    {
        var options = _tiny.Options(BoolQ, "run");
        await TinyEvaluation.RunAsync(options);
        File.WriteAllText(_tiny.At("run", "predictions.jsonl"), line);

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => TinyEvaluation.RunAsync(options));

        Assert.True(error.Message.StartsWith(key, StringComparison.Ordinal) && error.Message.Contains("line 1 is no prediction", StringComparison.Ordinal), $"{why}: {error.Message}");
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(99, 3)]
    public async Task A_limit_takes_the_first_rows(int limit, int questions)
    {
        var whole = await TinyEvaluation.RunAsync(_tiny.Options(BoolQ, "whole"));

        var limited = await TinyEvaluation.RunAsync(_tiny.Options(BoolQ, "limited") with { Limit = limit });

        Assert.Equal(questions, limited.Summary.Questions);
        Assert.Equal(Answers(whole.Predictions).Take(questions), Answers(limited.Predictions));
    }

    [Fact]
    public async Task Rows_without_a_right_answer_have_predictions_and_no_metrics()
    {
        var rows = _tiny.WriteRows("rows", "test.jsonl", "{\"passage\": \"P.\", \"question\": \"is it\", \"idx\": 0}\n{\"passage\": \"Q.\", \"question\": \"was it\", \"idx\": 1}\n");
        var options = _tiny.Options(BoolQ, "run");

        var run = await TinyEvaluation.RunAsync(options with { Split = "test", Data = options.Data with { Folder = rows } });

        Assert.Equal((2, 2, 0), (run.Summary.Questions, run.Summary.Unlabelled, run.Summary.Metrics.Count));
        Assert.Equal(2, Lines(run.Predictions).Length);
        Assert.Contains("| 2 (2 without a right answer) |  |", File.ReadAllText(_tiny.At("run", "summary.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_summary_is_what_its_predictions_give()
    {
        var run = await TinyEvaluation.RunAsync(_tiny.Options("superglue/copa", "run") with { Split = "train" });

        var predictions = Lines(run.Predictions).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var answers = predictions.Select(each => each.GetProperty("answer").GetString()!).ToList();
        var gold = predictions.Select(each => each.GetProperty("gold")[0].GetString()!).ToList();
        var summary = JsonDocument.Parse(File.ReadAllText(_tiny.At("run", "summary.json"))).RootElement;
        var accuracy = answers.Zip(gold).Average(pair => pair.First == pair.Second ? 1.0 : 0);
        Assert.Equal(accuracy, summary.GetProperty("metrics")[0].GetProperty("value").GetDouble());
        Assert.Equal(Counts(gold), Counts(summary.GetProperty("labels")));
        Assert.Equal(Counts(answers), Counts(summary.GetProperty("answers")));
        Assert.All(predictions, each => Assert.Equal(
            each.GetProperty("answer").GetString(),
            each.GetProperty("choices").EnumerateObject().MaxBy(choice => choice.Value.GetDouble()).Name));
    }

    [Fact]
    public void An_entity_that_is_a_number_is_no_label()
    {
        var prediction = new Prediction("1", "1921", ["1921"])
        {
            Choices = new Dictionary<string, double> { ["1921"] = -1, ["Oslo"] = -2 }, Scores = new Dictionary<string, double> { ["f1"] = 1, ["em"] = 1 },
        };

        var summary = EvaluationSummary.Of(new EvaluationSubject(), KnownTasks.Find("superglue/record")!, [prediction]);

        Assert.Empty(summary.Labels);
        Assert.Empty(summary.Answers);
    }

    [Fact]
    public async Task An_answer_of_no_text_is_counted_and_scores_0()
    {
        var options = _tiny.Options("xsum", "run") with { Generation = new GenerationSettings { MaxNewTokens = 4 } };
        var tokenizer = TextTokenizer.Open(options.Model);
        var task = KnownTasks.Find("xsum")!;
        var item = new TaskItem("1", new Dictionary<string, string> { ["article"] = "A." }) { Gold = ["A summary."] };
        var questions = new TaskQuestions(new CheckpointText(options.Model, tokenizer), task, "");
        var question = new EvaluationQuestion(item, questions.Question(new("rows.jsonl", 1, true), item, 100)!, []);
        var ending = new ScriptedDecoder(_ => [.. Enumerable.Range(0, ByteTokenizer.Size).Select(id => id == tokenizer.StopIds[0] ? 1f : 0)]);

        var predictions = await new TaskAnswers(ending, task, questions.Pattern, tokenizer, 512, options).AnswerAsync([question], 0, default);

        var summary = EvaluationSummary.Of(new EvaluationSubject(), task, predictions);
        Assert.Equal((1, ""), (summary.Empty, predictions[0].Text));
        Assert.All(summary.Metrics, metric => Assert.Equal(0, metric.Value));
    }

    [Fact]
    public async Task A_server_that_goes_away_costs_no_answer()
    {
        var options = _tiny.Options(MultiRc, "run");
        var whole = await TinyEvaluation.RunAsync(options with { Output = _tiny.At("whole") });
        var server = new FlGlmServer(new ServerOptions { Model = options.Model, Plan = options.Plan, Server = new ServerSettings { Listen = "127.0.0.1:0", GenerateOnly = true } });
        var listening = new TaskCompletionSource<string>();
        var served = Task.Run(async () =>
        {
            await foreach (var happened in server.RunAsync())
            {
                if (happened is ServerEvent.Listening { Address: var address })
                    listening.SetResult(address);
            }
        });
        var watched = new WatchedTask(KnownTasks.Find(MultiRc)!, judged =>
        {
            if (judged != 2)
                return;
            server.Stop();
            served.Wait();
        });
        var remote = options with { Task = watched, Server = new ClientSettings { Connect = await listening.Task, RetryForS = 0 } };

        var error = await Assert.ThrowsAnyAsync<FlGlmException>(() => TinyEvaluation.RunAsync(remote));

        Assert.Equal(ExitCode.Network, error.ExitCode);
        Assert.Equal(Lines(whole.Predictions)[..2], Lines(TinyEvaluation.Predictions(options)));
        Assert.Equal(whole.Predictions, (await TinyEvaluation.RunAsync(options)).Predictions);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string?> Answers(string predictions) => Lines(predictions).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("answer").GetString());

    private static IEnumerable<(string, int)> Counts(IEnumerable<string> labels) => labels.CountBy(label => label).Select(label => (label.Key, label.Value)).Order();

    private static IEnumerable<(string, int)> Counts(JsonElement labels) => labels.EnumerateObject().Select(label => (label.Name, label.Value.GetInt32())).Order();
}
