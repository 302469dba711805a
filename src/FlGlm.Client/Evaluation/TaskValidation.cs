using System.Diagnostics;
using FlGlm.Client.Data;
using FlGlm.Client.Generation;
using FlGlm.Client.Stages;
using FlGlm.Client.Tasks;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;

namespace FlGlm.Client.Evaluation;

/// <summary>A task's metric during training: the questions of its validation file, answered with the model as it is between two steps.</summary>
internal sealed class TaskValidation
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(5);
    private readonly LanguageTask _task;
    private readonly EvaluatorOptions _options;
    private readonly SplitModel _model;
    private readonly TextTokenizer _tokenizer;
    private readonly PromptPattern _pattern;
    private readonly IReadOnlyList<EvaluationQuestion> _questions;

    /// <summary>Reads and checks all questions.</summary>
    /// <exception cref="ConfigurationException">No task is named, or no file of it to validate with.</exception>
    /// <exception cref="DataException">A row cannot be used, or no question has a right answer.</exception>
    public TaskValidation(TrainerOptions options, SplitModel model)
    {
        _task = TaskOf(options);
        ConfigValidation.Expect(("evaluation.", options.Evaluation), ("generation.", options.Generation));
        (_model, _tokenizer) = (model, TextTokenizer.Open(options.Model, options.Data.SpecialTokens));
        _options = new EvaluatorOptions
        {
            Model = options.Model,
            Data = options.Data,
            Evaluation = options.Evaluation with { Resamples = 0 },
            Generation = options.Generation,
            Limit = options.Client.EvalQuestions,
            Defence = options.Defence,
        };
        var questions = new TaskQuestions(new CheckpointText(options.Model, _tokenizer), _task, options.Data.Pattern);
        var rows = new EvaluationRows(_options, questions, options.Data.MaxLength);
        rows.Count();
        (_pattern, _questions) = (questions.Pattern, [.. rows.Read()]);
        if (_questions.All(question => question.Item.Gold.Count == 0))
            throw new DataException(rows.Files[0], null, $"No question of {string.Join(", ", rows.Files)} has a right answer, so they give no metric (client.eval_metric).");
    }

    /// <summary>The task to measure.</summary>
    /// <exception cref="ConfigurationException">None is named, or its questions are in no file of their own.</exception>
    public static LanguageTask TaskOf(TrainerOptions options)
    {
        if (options.Data.ValidationShare is not null)
            throw new ConfigurationException("client.eval_metric", "needs a file of questions, and data.validation is a share of the training rows; name a file there.");
        return options.Task ?? KnownTasks.OfSetting(options.Data.Task) ?? throw new ConfigurationException(
            "client.eval_metric", $"needs a task; set data.task to one of {KnownTasks.Names}.");
    }

    /// <summary>Answers all questions, in the batches of <c>flglm evaluate</c>, so that the digits are the same.</summary>
    /// <param name="middle">keeps keys and values</param>
    /// <returns>the metrics, the one that counts first</returns>
    public async Task<IReadOnlyList<MeasuredMetric>> MeasureAsync(ClientStages stages, ICachedMiddle middle, RunEvents events, CancellationToken ct)
    {
        using var decoder = new SplitDecoder(stages, middle, _model.Lane) { Defence = _options.Defence };
        var answers = new TaskAnswers(decoder, _task, _pattern, _tokenizer, _model.FreePositions, _options);
        var predictions = new List<Prediction>();
        var reported = Stopwatch.GetTimestamp();
        foreach (var batch in answers.Batches(_questions))
        {
            predictions.AddRange(await answers.AnswerAsync(batch, predictions.Count, ct).ConfigureAwait(false));
            if (Stopwatch.GetElapsedTime(reported) < ProgressEvery)
                continue;
            reported = Stopwatch.GetTimestamp();
            events.Report($"validating: {predictions.Count} of {_questions.Count} questions are answered");
        }

        return EvaluationSummary.Of(new EvaluationSubject { Evaluation = _options.Evaluation }, _task, predictions).Metrics;
    }
}
