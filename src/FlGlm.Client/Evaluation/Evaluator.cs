using System.Diagnostics;
using FlGlm.Client.Data;
using FlGlm.Client.Generation;
using FlGlm.Client.Tasks;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;

namespace FlGlm.Client.Evaluation;

/// <summary>
/// Answers a task's questions with the split model, its middle at a server or in this process, and measures the answers. Labels, answers and
/// logits never leave this process. Its events are <see cref="EvaluationEvent"/>s; a stop takes effect after the current batch, and a run with
/// the same <see cref="EvaluatorOptions.Output"/> goes on from there.
/// </summary>
public sealed class Evaluator(EvaluatorOptions options) : FlGlmRun
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(5);

    /// <summary>The result; null until the run has ended well.</summary>
    public EvaluationSummary? Summary { get; private set; }

    /// <inheritdoc/>
    protected override async Task WorkAsync(CancellationToken stop, CancellationToken ct)
    {
        ConfigValidation.Expect(("evaluation.", options.Evaluation));
        if (!TaskFiles.Splits.Contains(options.Split))
            throw new ConfigurationException("--split", $"'{options.Split}' is none of {string.Join(", ", TaskFiles.Splits)}.");
        if (options.Limit < 0)
            throw new ConfigurationException("--limit", $"{options.Limit} is no number of rows; 1 or more.");
        var task = options.Task ?? KnownTasks.OfSetting(options.Data.Task) ?? throw new ConfigurationException(
            "data.task", $"names no task; one of {KnownTasks.Names}.");
        ConfigValidation.Expect(("data.", options.Data));
        var session = new DecoderSession(options with { Events = Events, SpecialTokens = options.Data.SpecialTokens });
        await using var sessionScope = session.ConfigureAwait(false);
        var questions = new TaskQuestions(new CheckpointText(options.Model, session.Tokenizer), task, options.Data.Pattern);
        if (options.Data.MaxLength > session.Model.FreePositions)
        {
            throw new ConfigurationException(
                "data.max_length", $"{options.Data.MaxLength} is more than the model's {session.Model.FreePositions} positions; {session.Model.FreePositions} or less.");
        }

        var rows = new EvaluationRows(options, questions, options.Data.MaxLength);
        var count = rows.Count();
        Events.Report($"{task.Name}, words '{questions.Pattern.Name}': {count} question{(count == 1 ? "" : "s")} of {string.Join(", ", rows.Files)}");
        foreach (var notice in Notices(rows, questions))
            Events.Report(notice);
        var subject = await SubjectAsync(session, task, questions, rows, ct).ConfigureAwait(false);
        options.Baseline?.ExpectComparable(subject);
        using var folder = EvaluationFolder.Open(options.Output, subject);
        if (folder.Predictions.Count > 0)
            Events.Report($"{folder.Predictions.Count} answers of an earlier run are kept");
        Events.Report(new RunEvent.Loaded());
        await AnswerAsync(session, task, questions, rows, count, folder, stop, ct).ConfigureAwait(false);
        if (stop.IsCancellationRequested && folder.Predictions.Count < count)
            return;
        Summary = EvaluationSummary.Of(folder.Subject, task, folder.Predictions);
        folder.Finish(Summary);
        Events.Report(new EvaluationEvent.Finished(Summary));
        options.Baseline?.Expect(Summary);
    }

    private async Task AnswerAsync(
        DecoderSession session, LanguageTask task, TaskQuestions questions, EvaluationRows rows, int count, EvaluationFolder folder, CancellationToken stop, CancellationToken ct)
    {
        if (folder.Predictions.Count == count)
            return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        var decoder = await session.OpenAsync(either.Token).ConfigureAwait(false);
        var answers = new TaskAnswers(decoder, task, questions.Pattern, session.Tokenizer, session.Model.FreePositions, options);
        var (clock, reported, before) = (Stopwatch.StartNew(), TimeSpan.Zero, folder.Predictions.Count);
        var first = 0;
        foreach (var batch in answers.Batches(rows.Read()))
        {
            // batches are those of an undisturbed run, since the last digits of a score depend on its batch
            var kept = Math.Min(before - first, batch.Count);
            first += batch.Count;
            if (kept == batch.Count)
                continue;
            if (stop.IsCancellationRequested)
                return;
            foreach (var prediction in (await answers.AnswerAsync(batch, first - batch.Count, ct).ConfigureAwait(false)).Skip(kept))
            {
                folder.Add(prediction);
                Events.Report(new EvaluationEvent.Answered(prediction));
            }

            if (clock.Elapsed - reported < ProgressEvery && folder.Predictions.Count < count)
                continue;
            reported = clock.Elapsed;
            Events.Report(new EvaluationEvent.Progress(folder.Predictions.Count, count, (folder.Predictions.Count - before) / clock.Elapsed.TotalSeconds));
        }
    }

    /// <summary>What a reader of the scores should know of how answers are compared.</summary>
    private IEnumerable<string> Notices(EvaluationRows rows, TaskQuestions questions)
    {
        if (!rows.HasFreeAnswers && questions.Pattern.Answers.Count > 0 && rows.Read().First() is { Encoded: var encoded } && encoded.Turns.Any(turn => turn.Answer.Count > 1))
        {
            yield return $"the answers {string.Join(", ", questions.Pattern.Answers)} are not single tokens of this model: the sums of their tokens' log-probabilities are compared"
                + (options.Evaluation.EndToken ? ", the end token included" : "");
        }
    }

    private async Task<EvaluationSubject> SubjectAsync(DecoderSession session, LanguageTask task, TaskQuestions questions, EvaluationRows rows, CancellationToken ct)
    {
        var content = await session.Model.ReadContentAsync(ct).ConfigureAwait(false);
        return new EvaluationSubject
        {
            Task = task.Name,
            Pattern = questions.Pattern.Name,
            Split = options.Split,
            Files = rows.Hashes(),
            Model = options.Model,
            Architecture = session.Model.Plan.Architecture,
            Adapter = session.Model.Plan.Peft.Start,
            Weights = content.Fingerprint,
            MaxLength = rows.MaxLength,
            Limit = options.Limit,
            Shard = options.Shard.ToString(),
            Evaluation = options.Evaluation,
            Generation = rows.HasFreeAnswers ? options.Generation : null,
            Segmenter = task.Segmenter,
        };
    }
}
