using FlGlm.Client.Data;
using FlGlm.Client.Generation;
using FlGlm.Client.Tasks;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Evaluation;

/// <summary>Answers questions with a model: the likeliest of several answers, or a text.</summary>
internal sealed class TaskAnswers(IDecoder decoder, LanguageTask task, PromptPattern pattern, TextTokenizer tokenizer, int maxPositions, EvaluatorOptions options)
{
    private readonly CandidateScorer _scorer = new(decoder, options.Evaluation.LengthPenalty);
    private readonly TokenGenerator _generator = new(decoder, options.Generation, tokenizer.StopIds, maxPositions, tokenizer);

    /// <summary>Puts questions together that are answered in one pass: of one kind, and no more answers than the settings say.</summary>
    public IEnumerable<IReadOnlyList<EvaluationQuestion>> Batches(IEnumerable<EvaluationQuestion> questions)
    {
        var batch = new List<EvaluationQuestion>();
        var answers = 0;
        foreach (var question in questions)
        {
            var isFree = question.Choices.Count == 0;
            var size = isFree ? 1 : question.Choices.Count;
            if (batch.Count > 0 && (isFree != (batch[0].Choices.Count == 0) || answers + size > (isFree ? options.Generation.BatchSize : options.Evaluation.BatchSize)))
            {
                yield return batch;
                (batch, answers) = ([], 0);
            }

            batch.Add(question);
            answers += size;
        }

        if (batch.Count > 0)
            yield return batch;
    }

    /// <param name="first">the number of the first question among all: a sample depends on it</param>
    public Task<IReadOnlyList<Prediction>> AnswerAsync(IReadOnlyList<EvaluationQuestion> batch, int first, CancellationToken ct) =>
        batch[0].Choices.Count > 0 ? ChooseAsync(batch, ct) : WriteAsync(batch, first, ct);

    private async Task<IReadOnlyList<Prediction>> ChooseAsync(IReadOnlyList<EvaluationQuestion> batch, CancellationToken ct)
    {
        var scores = await _scorer.ScoreAsync([.. batch.Select(question => CandidatePrompt.Of(question.Encoded, options.Evaluation.EndToken))], ct).ConfigureAwait(false);
        return [.. batch.Select((question, index) => Chosen(question, scores[index]))];
    }

    private async Task<IReadOnlyList<Prediction>> WriteAsync(IReadOnlyList<EvaluationQuestion> batch, int first, CancellationToken ct)
    {
        int[][] prompts = [.. batch.Select(question => question.Encoded.Prompt(0))];
        var answers = await _generator.GenerateAsync(prompts, onToken: null, first, ct).ConfigureAwait(false);
        var template = pattern.IsChat ? PromptTemplate.Chat : PromptTemplate.None;
        return [.. batch.Select((question, index) =>
        {
            var text = tokenizer.DecodeAnswer(prompts[index], answers[index].Ids, template);
            return Judged(question, task.Conclude(question.Item, text)) with { Text = text };
        })];
    }

    private Prediction Chosen(EvaluationQuestion question, double[] scores)
    {
        if (Array.Exists(scores, score => !double.IsFinite(score)))
            throw new NotFiniteException($"The answers of question {question.Item.Id} have the log-probabilities {string.Join(", ", scores)}.");
        var best = Array.IndexOf(scores, scores.Max());
        return Judged(question, question.Choices[best].Label) with
        {
            Choices = question.Choices.Zip(scores).ToDictionary(pair => pair.First.Label, pair => pair.Second),
        };
    }

    private Prediction Judged(EvaluationQuestion question, string answer) => new(question.Item.Id, answer, question.Item.Gold)
    {
        Group = question.Item.Group,
        IsShortened = question.Encoded.IsShortened,
        Scores = question.Item.Gold.Count > 0 ? task.Judge(question.Item, answer) : new Dictionary<string, double>(),
    };
}
