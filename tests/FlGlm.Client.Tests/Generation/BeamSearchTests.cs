using FlGlm.Client.Generation;

namespace FlGlm.Client.Tests.Generation;

public sealed class BeamSearchTests
{
    private static readonly int[][] Prompts = [[3], [1, 2, 3, 1], [2, 2]];

    /// <summary>What follows an answer so far, as probabilities of stop, a (1) and b (2); after others all three alike.</summary>
    private static readonly Dictionary<string, double[]> Tree = new()
    {
        [""] = [0.4, 0.6, 0],
        ["1"] = [0.2, 0.7, 0.1],
        ["11"] = [0.8, 0.1, 0.1],
    };

    private static readonly Dictionary<string, double[]> Trap = new()
    {
        [""] = [0.1, 0.5, 0.4],
        ["1"] = [0.1, 0.5, 0.4],
        ["2"] = [0.9, 0.05, 0.05],
    };

    private static readonly Dictionary<string, double[]> Late = new()
    {
        [""] = [0.5, 0.4, 0.1],
        ["1"] = [0.4, 0.6, 0],
        ["11"] = [1, 0, 0],
    };

    public static TheoryData<GenerationSettings> Wide => [.. from seed in Enumerable.Range(0, 3)
                                                             from penalty in new[] { 0, 0.7, 1, 2, -1 }
                                                             from shape in new[] { (Ngram: 0, Least: 0), (Ngram: 2, Least: 0), (Ngram: 0, Least: 2), (Ngram: 2, Least: 3) }
                                                             select new GenerationSettings
                                                             {
                                                                 NumBeams = 64, MaxNewTokens = 4, LengthPenalty = penalty, NoRepeatNgramSize = shape.Ngram,
                                                                 MinNewTokens = shape.Least, Seed = seed,
                                                             }];

    public static TheoryData<Dictionary<string, double[]>, GenerationSettings, string, double> Worked => new()
    {
        // Greedy writes aa, 0.25; b and a stop are likelier together: 0.36.
        { Trap, new() { NumBeams = 2, MaxNewTokens = 2 }, "2", Math.Log(0.36) / 2 },

        // A stop that is not among the best two of its step is no answer, even if short answers are strongly favoured.
        { Trap, new() { NumBeams = 2, MaxNewTokens = 2, LengthPenalty = -10 }, "2", Math.Log(0.36) * 1024 },

        // With sums, stopping at once is best, 0.4; with means, aa is best, 0.336 in three tokens.
        { Tree, new() { NumBeams = 2, MaxNewTokens = 9, LengthPenalty = 0 }, "", Math.Log(0.4) },
        { Tree, new() { NumBeams = 2, MaxNewTokens = 9, LengthPenalty = 1 }, "11", Math.Log(0.336) / 3 },

        // Two answers, '' and a, are complete one step before aa is.
        { Tree, new() { NumBeams = 2, MaxNewTokens = 9, EarlyStopping = true }, "", Math.Log(0.4) },

        // Complete are '' at -0.69 and a at -0.92; aa, at -0.71 so far, is better than the worse one, so it continues and is better than both.
        { Late, new() { NumBeams = 2, MaxNewTokens = 9 }, "11", Math.Log(0.24) / 3 },

        // Cut short by its length, an answer counts like one that stopped.
        { Tree, new() { NumBeams = 2, MaxNewTokens = 2 }, "11", Math.Log(0.42) / 2 },
    };

    [Theory]
    [MemberData(nameof(Worked))]
    public async Task Worked_examples_hold(Dictionary<string, double[]> tree, GenerationSettings settings, string expected, double score)
    {
        float[] Next(IReadOnlyList<int> ids) =>
            [.. tree.GetValueOrDefault(string.Concat(ids.Skip(1)), [0.34, 0.33, 0.33]).Select(p => (float)Math.Log(p))];
        var answer = await Decoding.OfAsync(Next, settings, [2]);

        Assert.Equal(expected, string.Concat(answer.Ids));
        Assert.Equal(score, answer.Score!.Value, Math.Abs(score) * 1e-5);
    }

    [Theory]
    [MemberData(nameof(Wide))]
    public async Task Beams_wide_enough_find_the_best_of_all_answers(GenerationSettings settings)
    {
        var answers = await Decoding.RunAsync(ids => Next(ids, settings.Seed), settings, Prompts);

        foreach (var (prompt, answer) in Prompts.Zip(answers))
        {
            var (ids, score) = All(prompt, prompt, 0, settings).MaxBy(found => found.Score);
            Assert.Equal(ids, answer.StopId is { } stop ? answer.Ids.Append(stop) : answer.Ids);
            Assert.Equal(score, answer.Score!.Value, 1e-4);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_batch_gives_what_each_prompt_alone_gives(bool early)
    {
        var settings = new GenerationSettings { NumBeams = 3, MaxNewTokens = 12, EarlyStopping = early, NoRepeatNgramSize = 3 };
        int[][] prompts = [.. Prompts, [4, 5, 6, 1], [5]];
        static float[] Logits(IReadOnlyList<int> ids) => ScriptedDecoder.Hashed(ids, 9);
        var batch = await Decoding.RunAsync(Logits, settings, prompts);

        Assert.True(batch.Select(row => row.Ids.Count).Distinct().Count() > 1);
        for (var row = 0; row < prompts.Length; row++)
            Assert.Equivalent(batch[row], await Decoding.OfAsync(Logits, settings, prompts[row]), strict: true);
    }

    [Fact]
    public async Task More_beams_find_answers_at_least_as_likely_as_the_greedy_one()
    {
        static float[] Logits(IReadOnlyList<int> ids) => ScriptedDecoder.Hashed(ids, 9);
        var settings = new GenerationSettings { MaxNewTokens = 6, MinNewTokens = 6 };
        double Likelihood(int[] prompt, IReadOnlyList<int> answer) =>
            Enumerable.Range(0, answer.Count).Sum(length => LogProbabilities(Logits([.. prompt, .. answer.Take(length)]))[answer[length]]);
        var greedy = await Decoding.RunAsync(Logits, settings, Prompts);
        var beams = await Decoding.RunAsync(Logits, settings with { NumBeams = 5 }, Prompts);

        for (var row = 0; row < Prompts.Length; row++)
            Assert.True(Likelihood(Prompts[row], beams[row].Ids) >= Likelihood(Prompts[row], greedy[row].Ids));
    }

    [Fact]
    public async Task Prompts_that_are_done_are_computed_no_further()
    {
        var decoder = new ScriptedDecoder(ids => ids[0] == 1 ? [9, 0, 0, 0] : [-9, 1, 2, 3]);
        await new TokenGenerator(decoder, new() { NumBeams = 2, MaxNewTokens = 5, EarlyStopping = true }, [0], maxPositions: 50).GenerateAsync([[1], [2]]);

        Assert.Equal([2, 4, 2, 2, 2], decoder.RowsOfCalls);
    }

    private static float[] Next(IReadOnlyList<int> ids, long seed) => ScriptedDecoder.Hashed([(int)seed, .. ids], 4);

    private static double[] LogProbabilities(float[] logits)
    {
        var sum = logits.Sum(logit => Math.Exp(logit));
        return [.. logits.Select(logit => logit - Math.Log(sum))];
    }

    /// <summary>Every answer there is, its stop id included, with its score.</summary>
    private static IEnumerable<(int[] Ids, double Score)> All(int[] prompt, int[] row, double sum, GenerationSettings settings)
    {
        var length = row.Length - prompt.Length + 1;
        var logProbabilities = LogProbabilities(Next(row, settings.Seed));
        var allowed = Enumerable.Range(0, 4)
            .Where(token => token != Decoding.Stop || length > settings.MinNewTokens)
            .Where(token => settings.NoRepeatNgramSize != 2 || !row.Zip(row.Skip(1)).Contains((row[^1], token)));
        return allowed.SelectMany(token =>
        {
            int[] longer = [.. row, token];
            var score = sum + logProbabilities[token];
            return token == Decoding.Stop || length == settings.MaxNewTokens
                ? [(longer[prompt.Length..], score / Math.Pow(length, settings.LengthPenalty))]
                : All(prompt, longer, score, settings);
        });
    }
}
