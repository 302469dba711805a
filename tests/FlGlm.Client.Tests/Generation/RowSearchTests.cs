using FlGlm.Client.Generation;

namespace FlGlm.Client.Tests.Generation;

public sealed class RowSearchTests
{
    private const int Vocabulary = 23;

    private static readonly int[][] Prompts = [[3], [1, 2, 3, 4, 5, 6], [7, 7], [22, 1, 9], [5, 6, 7, 8]];

    private static readonly GenerationSettings Greedy = new() { MaxNewTokens = 40 };

    private static readonly GenerationSettings Sampling = Greedy with { DoSample = true, TopK = 9, TopP = 0.95, Temperature = 1.3 };

    public static TheoryData<GenerationSettings> Ways =>
        [Greedy, Greedy with { RepetitionPenalty = 1.4, NoRepeatNgramSize = 2 }, Sampling, Sampling with { TopK = 0, TopP = 1, RepetitionPenalty = 1.1 }];

    [Fact]
    public async Task Greedy_takes_the_likeliest_token_until_a_stop_id()
    {
        var answer = await Decoding.OfAsync(ids => Decoding.Counting(ids, 10), Greedy, [4, 5]);

        Assert.Equal([6, 7, 8, 9], answer.Ids);
        Assert.Equal((FinishReason.Stop, 0, null), (answer.FinishReason, answer.StopId, answer.Score));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_batch_gives_what_each_row_alone_gives(GenerationSettings settings)
    {
        var batch = await Decoding.RunAsync(Hashed, settings, Prompts);

        Assert.True(batch.Select(row => row.Ids.Count).Distinct().Count() > 1);
        for (var row = 0; row < Prompts.Length; row++)
            Assert.Equivalent(batch[row], await Decoding.OfAsync(Hashed, settings, Prompts[row], firstRow: row), strict: true);
    }

    [Fact]
    public async Task Rows_that_have_ended_are_computed_no_further()
    {
        var decoder = new ScriptedDecoder(ids => Decoding.Counting(ids, 10));
        var answers = await new TokenGenerator(decoder, Greedy with { MaxNewTokens = 5 }, [0], maxPositions: 100).GenerateAsync([[8], [1], [6], [9]]);

        Assert.Equal([4, 3, 2, 2, 1], decoder.RowsOfCalls);
        Assert.Equal(["9", "2,3,4,5,6", "7,8,9", ""], answers.Select(row => string.Join(',', row.Ids)));
        Assert.Equal([FinishReason.Stop, FinishReason.Length, FinishReason.Stop, FinishReason.Stop], answers.Select(row => row.FinishReason));
    }

    [Fact]
    public async Task A_seed_reproduces_its_sample_and_others_differ()
    {
        async Task<string> Sample(long seed) => string.Join('|', (await Decoding.RunAsync(Hashed, Sampling with { Seed = seed }, Prompts)).Select(row => string.Join(',', row.Ids)));

        Assert.Equal(await Sample(1), await Sample(1));
        Assert.Equal(10, (await Task.WhenAll(Enumerable.Range(0, 10).Select(seed => Sample(seed)))).Distinct().Count());
    }

    [Fact]
    public async Task Equal_prompts_get_samples_of_their_own() =>
        Assert.Equal(4, (await Decoding.RunAsync(Hashed, Sampling, [[3], [3], [3], [3]])).Select(row => string.Join(',', row.Ids)).Distinct().Count());

    [Fact]
    public async Task A_temperature_near_zero_is_greedy()
    {
        var sampled = await Decoding.RunAsync(Hashed, Sampling with { Temperature = 1e-6 }, Prompts);
        var greedy = await Decoding.RunAsync(Hashed, Greedy, Prompts);

        Assert.Equal(greedy.SelectMany(row => row.Ids), sampled.SelectMany(row => row.Ids));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_ngram_occurs_twice(int size)
    {
        var answers = await Decoding.RunAsync(Hashed, Sampling with { NoRepeatNgramSize = size, MaxNewTokens = 18, MinNewTokens = 12, TopK = 3 }, Prompts);

        foreach (var (prompt, answer) in Prompts.Zip(answers))
        {
            int[] ids = [.. prompt, .. answer.Ids];
            string[] ngrams = [.. Enumerable.Range(0, Math.Max(0, ids.Length - size + 1)).Select(start => string.Join(',', ids.Skip(start).Take(size)))];
            var given = ngrams.Take(Math.Max(0, prompt.Length - size + 1)).ToArray();
            Assert.Equal(ngrams.Length - given.Length + given.Distinct().Count(), ngrams.Distinct().Count());
        }
    }

    [Fact]
    public async Task A_repetition_penalty_leads_away_from_the_row()
    {
        static float[] Twos(IReadOnlyList<int> ids) => [-9, 1, 2, 1.5f];

        Assert.Equal([2, 2, 2], (await Decoding.OfAsync(Twos, Greedy with { MaxNewTokens = 3 }, [1])).Ids);
        Assert.Equal([2, 3, 2], (await Decoding.OfAsync(Twos, Greedy with { MaxNewTokens = 3, RepetitionPenalty = 1.9 }, [1])).Ids);
    }

    private static float[] Hashed(IReadOnlyList<int> ids)
    {
        var logits = ScriptedDecoder.Hashed(ids, Vocabulary);
        logits[Decoding.Stop] += 0.8f;
        return logits;
    }
}
