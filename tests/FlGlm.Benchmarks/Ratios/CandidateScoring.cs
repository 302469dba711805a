using FlGlm.Benchmarks.Measuring;
using FlGlm.Client.Data;
using FlGlm.Client.Data.Formats;
using FlGlm.Client.Data.Rows;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Tasks;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>ReCoRD's answers scored behind their prompt, which is computed once / each answer in a forward of its whole row.</summary>
internal sealed class CandidateScoring : IBenchmark
{
    private const int Questions = 4;
    private const int MaxLength = 500;
    private const string Ratio = "scoring: prompt once / each answer's whole row";

    public string Name => "scoring";

    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        if (SharedFolder.Find() is null)
            return [new Result { Ratio = Ratio, Case = "needs ../shared", Bar = Bar.AtMost(0.5) }];
        var model = SharedFolder.At("data", "weights", "stories260K-hf");
        var questions = Read(model);
        using var stages = ThreeStages.Open(model, new PeftSettings { Method = PeftMethod.None });
        using var generation = new LocalGeneration(stages);
        var scorer = new CandidateScorer(generation.Decoder, lengthPenalty: 0);
        Check(await SharedAsync(scorer, questions), Alone(stages, questions));
        var times = await SideBySide.MeasureAsync(
            steps, () => SharedAsync(scorer, questions), () => Task.Run(() => Alone(stages, questions)));
        return
        [
            new Result
            {
                Ratio = Ratio,
                Case = $"{questions.Count} questions, {questions.Sum(question => question.Turns.Count)} answers",
                Ours = times.Ours.ToString(),
                Baseline = times.Baseline.ToString(),
                Value = times.Ratio,
                Bar = Bar.AtMost(0.5),
                Note = $"stories260K, ReCoRD, prompts of {questions.Average(question => question.Prompt(0).Length):F0} tokens, one question at a time, all in one process",
            },
        ];
    }

    /// <summary>The first rows' first questions.</summary>
    private static IReadOnlyList<EncodedQuestion> Read(string model)
    {
        var questions = new TaskQuestions(new CheckpointText(model, SpecialTokenUse.Parse), KnownTasks.Find("superglue/record")!, "");
        var path = SharedFolder.At("data", "superglue", "ReCoRD", "dev32_half.jsonl");
        using var file = DataFile.Open(path);
        var rows = RowReaders.Of(path, DataFormat.Auto, questions.FieldsToEvaluate).Read(file).Take(Questions);
        return [.. rows.Select(row => questions.Encode(row.Place, ((QuestionRow)row).Items[0], MaxLength)!)];
    }

    private static async Task<double[]> SharedAsync(CandidateScorer scorer, IReadOnlyList<EncodedQuestion> questions)
    {
        var scores = new List<double>();
        foreach (var question in questions)
            scores.AddRange((await scorer.ScoreAsync([CandidatePrompt.Of(question, withEnd: true)], default))[0]);
        return [.. scores];
    }

    private static double[] Alone(ThreeStages stages, IReadOnlyList<EncodedQuestion> questions) =>
        [.. questions.SelectMany(question => question.Turns.Index().Select(turn =>
        {
            var row = question.Example(turn.Index);
            return -stages.Loss(BatchCollator.Collate([row])) * (double)row.Labels.Count(label => label != Example.Ignored);
        }))];

    private static void Check(double[] ours, double[] baseline)
    {
        var worst = ours.Zip(baseline).Max(pair => Math.Abs(pair.First - pair.Second));
        if (worst > 1e-3)
            throw new InvalidOperationException($"The scores of the two ways differ by {worst}.");
    }
}
