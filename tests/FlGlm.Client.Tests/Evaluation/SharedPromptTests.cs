using FlGlm.Client.Data;
using FlGlm.Client.Data.Families;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Tasks;
using FlGlm.Client.Tests.Generation;
using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace FlGlm.Client.Tests.Evaluation;

/// <summary>Answers behind a prompt that is computed once score as each one does alone, in a forward of the whole row.</summary>
public sealed class SharedPromptTests
{
    private const int End = 2;

    /// <summary>Two answers of several tokens, as COPA's, and a dozen of one to four, as ReCoRD's.</summary>
    private static readonly int[][][] Questions =
    [
        [[5, 6, 7, 8], [9, 10, 11]],
        [.. Enumerable.Range(0, 12).Select(answer => Enumerable.Range(0, 1 + (answer % 4)).Select(token => 3 + (((answer * 5) + (token * 7)) % 20)).ToArray())],
        [[4], [12]],
    ];

    public static TheoryData<string, bool, double> Cases
    {
        get
        {
            var data = new TheoryData<string, bool, double>();
            foreach (var family in new[] { "llama", "chatglm", "chatglm2" })
            {
                data.Add(family, true, 0);
                data.Add(family, false, 1);
                data.Add(family, true, 0.7);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Answers_behind_shared_prompts_score_as_each_one_alone(string family, bool withEnd, double lengthPenalty)
    {
        var tiny = TinyGeneration.Of(family);
        using var stages = tiny.Open(PeftMethod.PTuningV2);
        using var generation = new LocalGeneration(stages);
        var form = new SequenceForm([], [], 0, [End]);
        var prompts = tiny.Prompts.Zip(Questions).Select(pair => new EncodedQuestion([.. pair.Second.Select(answer => new EncodedTurn(pair.First, answer))], form, false)).ToList();

        var scores = await new CandidateScorer(generation.Decoder, lengthPenalty).ScoreAsync([.. prompts.Select(question => CandidatePrompt.Of(question, withEnd))], default);

        for (var question = 0; question < Questions.Length; question++)
        {
            int[] end = withEnd && Questions[question].Any(answer => answer.Length > 1) ? [End] : [];
            var alone = Questions[question].Select(answer => Alone(stages, tiny.Prompts[question], [.. answer, .. end], lengthPenalty));
            Assert.Equal(alone, scores[question], (one, other) => Math.Abs(one - other) < 1e-5 * Math.Max(1, Math.Abs(one)));
        }
    }

    [Fact]
    public async Task A_prompt_whose_answers_change_its_last_token_is_shared_up_to_there()
    {
        var tiny = TinyGeneration.Of("llama");
        using var stages = tiny.Open(PeftMethod.None);
        using var generation = new LocalGeneration(stages);
        EncodedTurn[] turns = [new([3, 4, 5], [6, 7]), new([3, 4, 9], [8]), new([3, 4, 5], [7])];

        var prompt = CandidatePrompt.Of(new EncodedQuestion(turns, new SequenceForm([1], [], 0, [End]), false), withEnd: true);
        var scores = await new CandidateScorer(generation.Decoder, 0).ScoreAsync([prompt], default);

        Assert.Equal([1, 3, 4], prompt.Shared);
        Assert.Equal(
            turns.Select(turn => Alone(stages, [1, .. turn.Question], [.. turn.Answer, End], 0)), scores[0], (one, other) => Math.Abs(one - other) < 1e-4);
    }

    /// <summary>The score of one answer from the logits of its whole row.</summary>
    private static double Alone(ThreeStages stages, int[] prompt, int[] answer, double lengthPenalty)
    {
        using var scope = NewDisposeScope();
        int[] ids = [.. prompt, .. answer];
        var logits = stages.Logits(BatchCollator.Collate([new Example(ids, ids)], marks: stages.Blueprint.Family.Marks));
        var judged = log_softmax(logits[0].to_type(ScalarType.Float64), 1);
        var sum = answer.Index().Sum(token => judged[prompt.Length + token.Index - 1, token.Item].item<double>());
        return sum / Math.Pow(answer.Length, lengthPenalty);
    }
}
