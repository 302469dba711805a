using FlGlm.Client.Tasks;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Evaluation;

/// <summary>Every task, trained through a server: the split model answers as it does in one process, and as the uncut model does.</summary>
public sealed class RemoteEvaluationTests
{
    /// <summary>One case of each kind: answers to choose from of one token and of several, of the rows' own, free ones; at the end of a prompt and in a mask.</summary>
    private static readonly (string Task, string Model, string Pattern)[] Quick =
    [
        ("superglue/copa", TrainedTask.Stories, ""),
        ("xsum", TrainedTask.Stories, ""),
        ("superglue/rte", TrainedTask.ChatGlm, ""),
        ("superglue/wic", TrainedTask.ChatGlm, "glm-2"),
        ("superglue/wsc", TrainedTask.ChatGlm, ""),
    ];

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var all = KnownTasks.All.SelectMany(task => new[] { TrainedTask.Stories, TrainedTask.ChatGlm }.Select(model => (task.Name, model, "")));
            var data = new TheoryData<string, string, string>();
            foreach (var (task, model, pattern) in TestScope.IsAll ? Quick.Union(all) : Quick)
                data.Add(task, model, pattern);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_trained_model_answers_at_a_server_as_in_one_process_and_as_uncut(string task, string model, string pattern)
    {
        Assert.SkipWhen(model == TrainedTask.Stories && SharedFolder.Find() is null, "needs ../shared");
        await using var trained = new TrainedTask(task, model, pattern, isSealed: pattern.Length > 0);
        await trained.TrainAsync();

        var (remote, predictions) = await trained.EvaluateRemotelyAsync();

        var options = trained.Options("local");
        var local = await TrainedTask.EvaluateAsync(options);
        var uncut = await TrainedTask.EvaluateAsync(
            trained.Options("uncut") with { Plan = options.Plan with { Split = new SplitSettings { Head = 0, Tail = 0 } } });
        Assert.Equal((remote.Questions, 0), (predictions.Count(character => character == '\n'), remote.Unlabelled));
        Assert.NotEmpty(remote.Metrics);
        Assert.All([local, uncut], other =>
        {
            Assert.Equal(predictions, other.Predictions);
            Assert.Equal(remote.Metrics, other.Summary.Metrics);
        });
        if (remote.Subject.Generation is null)
            await ExpectAdapterCountsAsync(trained, predictions);
    }

    /// <summary>Without the adapter, the log-probabilities are others.</summary>
    private static async Task ExpectAdapterCountsAsync(TrainedTask trained, string predictions)
    {
        var bare = await TrainedTask.EvaluateAsync(trained.Options("bare") with { Plan = trained.Plan });
        Assert.NotEqual(predictions, bare.Predictions);
    }
}
