using System.Text.Json;
using FlGlm.Client.Evaluation.Metrics;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Evaluation.Metrics;

public sealed class MultiRcMetricsTests
{
    [Fact]
    public void Questions_with_one_wrong_answer_count_in_EM1_alone()
    {
        MultiRcQuestion[] questions = [Question("++", "--"), Question("+-", "-+"), Question("++", "-+"), Question("--", "--")];

        Assert.Equal(2 / 4.0, MultiRcMetrics.ExactMatch(questions));
        Assert.Equal(3 / 4.0, MultiRcMetrics.ExactMatch(questions, wrongAnswers: 1));
    }

    [Fact]
    public void F1a_pools_the_answers_of_all_questions()
    {
        MultiRcQuestion[] questions = [Question("++", "+-"), Question("-+", "+-"), Question("--")];

        Assert.Equal(2 * 1 / (3 + 2.0), MultiRcMetrics.F1a(questions), 12);
    }

    [Fact]
    public void F1m_averages_precision_and_recall_and_takes_1_where_there_is_nothing_to_find()
    {
        MultiRcQuestion[] questions =
        [
            Question("++", "+-", "-+"),   // precision 1/2, recall 1/2
            Question("-+"),               // nothing predicted: precision 1, recall 0
            Question("+-"),               // nothing right: precision 0, recall 1
        ];

        Assert.Equal(0.5, MultiRcMetrics.F1m(questions), 12);
        // precision (1 + 1/2) / 2, recall (1 + 1) / 2
        Assert.Equal(2 * 0.75 * 1 / (0.75 + 1), MultiRcMetrics.F1m([Question("++"), Question("++", "+-", "--")]), 12);
    }

    [Fact]
    public void Nothing_predicted_rightly_is_0()
    {
        Assert.Equal(0, MultiRcMetrics.F1m([Question("+-", "-+")]));
        Assert.Equal(0, MultiRcMetrics.F1m([]));
        Assert.Equal(0, MultiRcMetrics.F1a([]));
        Assert.Equal(0, MultiRcMetrics.ExactMatch([]));
    }

    [Fact]
    public void Answers_are_grouped_by_passage_and_question()
    {
        ((int, int), bool, bool)[] answers = [((0, 0), true, true), ((1, 0), true, false), ((0, 0), false, true), ((0, 1), false, false)];

        var questions = MultiRcQuestion.Group(answers);

        Assert.Equal([[(true, true), (false, true)], [(true, false)], [(false, false)]], questions.Select(question => question.Answers));
    }

    [SharedFact]
    public void Every_flip_of_the_gold_labels_moves_F1a_and_EM_by_what_the_counts_say()
    {
        var gold = GoldLabels();
        var positive = gold.Sum(question => question.Count(label => label));
        var perfect = gold.Select(labels => Answered(labels, labels)).ToArray();
        Assert.Equal((1.0, 1.0), (MultiRcMetrics.F1a(perfect), MultiRcMetrics.ExactMatch(perfect)));
        Assert.Equal((1.0, 1.0), (MultiRcMetrics.F1m(perfect), MultiRcMetrics.ExactMatch(perfect, wrongAnswers: 1)));

        var flips = 0;
        var seen = 0;
        for (var question = 0; question < gold.Length; question++)
        {
            for (var answer = 0; answer < gold[question].Length; answer++)
            {
                if (!TestScope.IsAll && seen++ % 2 != 0)
                    continue;  // a flip costs a count of all answers
                var flipped = (bool[])gold[question].Clone();
                flipped[answer] = !flipped[answer];
                MultiRcQuestion[] questions = [.. perfect];
                questions[question] = Answered(flipped, gold[question]);
                var (tp, fp, fn) = gold[question][answer] ? (positive - 1, 0, 1) : (positive, 1, 0);

                Assert.Equal(2.0 * tp / ((2.0 * tp) + fp + fn), MultiRcMetrics.F1a(questions), 14);
                Assert.Equal(1 - (1.0 / gold.Length), MultiRcMetrics.ExactMatch(questions), 14);
                Assert.Equal(1, MultiRcMetrics.ExactMatch(questions, wrongAnswers: 1));
                flips++;
            }
        }

        Assert.True(flips > 1000, $"{flips} flips");
    }

    /// <returns>the right answers of each question of MultiRC's validation file</returns>
    private static bool[][] GoldLabels()
    {
        var answers = new List<((int, int), bool, bool)>();
        foreach (var line in File.ReadLines(SharedFolder.At("data", "superglue", "MultiRC", "val.jsonl")))
        {
            using var row = JsonDocument.Parse(line);
            foreach (var question in row.RootElement.GetProperty("passage").GetProperty("questions").EnumerateArray())
            {
                var key = (row.RootElement.GetProperty("idx").GetInt32(), question.GetProperty("idx").GetInt32());
                answers.AddRange(question.GetProperty("answers").EnumerateArray().Select(answer => (key, false, answer.GetProperty("label").GetInt32() == 1)));
            }
        }

        return [.. MultiRcQuestion.Group(answers).Select(question => question.Answers.Select(answer => answer.Gold).ToArray())];
    }

    private static MultiRcQuestion Answered(bool[] predicted, bool[] gold) => new([.. predicted.Zip(gold)]);

    /// <param name="answers">for each answer the prediction and the gold label</param>
    private static MultiRcQuestion Question(params string[] answers) => new([.. answers.Select(answer => (answer[0] == '+', answer[1] == '+'))]);
}
