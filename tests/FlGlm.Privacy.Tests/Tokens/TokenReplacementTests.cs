using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Privacy.Defences;
using FlGlm.Privacy.Noise;
using FlGlm.Privacy.Settings;
using FlGlm.Privacy.Tests.Noise;
using FlGlm.Privacy.Tokens;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Tests.Tokens;

public sealed class TokenReplacementTests : IDisposable
{
    private const int Vocabulary = 200;
    private static readonly NoiseSecret Secret = new([.. Enumerable.Range(0, NoiseSecret.Size).Select(value => (byte)value)]);
    private readonly TempFolder _folder = new();
    private readonly DefendedRun _run = new();
    private readonly TokenEmbedding _embedding;
    private readonly string _model;

    public TokenReplacementTests()
    {
        _model = new TinyChatGlm { Vocabulary = Vocabulary }.Write(_folder.At("model"));
        var random = new Random(5);
        _embedding = new TokenEmbedding(tensor([.. Enumerable.Range(0, Vocabulary * 8).Select(_ => (float)random.NextDouble())]).view(Vocabulary, 8), padId: 3);
    }

    public void Dispose()
    {
        _embedding.Weight.Dispose();
        _folder.Dispose();
        _run.Dispose();
    }

    /// <summary>3600 draws: each frequency is within five standard deviations of its probability.</summary>
    [Fact]
    public void Tokens_are_drawn_with_the_stated_probabilities()
    {
        const double Epsilon = 6;
        const int Draws = 4000;
        const int Token = 17;
        var table = _embedding.Weight.data<float>().ToArray();
        double[] weights = [.. Enumerable.Range(0, Vocabulary).Select(other => IsMark(other) ? 0 : Math.Exp(-Epsilon / 2 * Distance(table, Token, other)))];

        var drawn = Read(Epsilon, [.. Enumerable.Range(0, Draws / 10).Select(row => Enumerable.Repeat((long)Token, 9).Append(row % Vocabulary).ToArray())])
            .SelectMany(row => row[..9]).CountBy(token => token).ToDictionary(pair => pair.Key, pair => pair.Value);

        var all = Draws / 10 * 9;
        for (var token = 0; token < Vocabulary; token++)
        {
            var expected = all * weights[token] / weights.Sum();
            Assert.InRange(drawn.GetValueOrDefault(token), expected - (5 * Math.Sqrt(expected)) - 0.5, expected + (5 * Math.Sqrt(expected)) + 2);
        }
    }

    [Fact]
    public void Marks_and_padding_stay_and_are_never_drawn()
    {
        long[] row = [196, 5, 197, 6, 198, 7, 199, 3, 8];

        var read = Read(0.01, [.. Enumerable.Range(0, 100).Select(number => (long[])[.. row, number])]);

        Assert.All(read, tokens => Assert.Equal([196, 197, 198, 199, 3], [tokens[0], tokens[2], tokens[4], tokens[6], tokens[7]]));
        Assert.All(read, tokens => Assert.DoesNotContain(new[] { 1, 3, 5, 8 }, place => IsMark((int)tokens[place])));
        Assert.True(read.Select(tokens => tokens[1]).Distinct().Count() > 20);
    }

    /// <summary>More distinct tokens than one table of distances has rows, in batches that are put together in another way.</summary>
    [Fact]
    public void The_same_row_is_read_alike_wherever_it_stands_and_another_one_is_not()
    {
        var random = new Random(9);
        long[][] rows = [.. Enumerable.Range(0, 20).Select(_ => Enumerable.Range(0, 20).Select(_ => (long)random.Next(4, 190)).ToArray())];

        var together = Read(8, rows);
        long[][] apart = [.. rows.Reverse().SelectMany(row => Read(8, [row])).Reverse()];
        var changed = Read(8, [[rows[0][0] == 4 ? 5 : 4, .. rows[0][1..]]])[0];

        Assert.Equal(together, apart);
        Assert.NotEqual(together[0][1..], changed[1..]);
        Assert.NotEqual(together, Read(8, rows, new NoiseSecret(new byte[NoiseSecret.Size])));
    }

    [Fact]
    public void A_large_epsilon_keeps_every_token_and_labels_always_stay()
    {
        long[][] rows = [[5, 6, 7], [8, 9, 10]];
        var batch = Batch(rows);

        Assert.Equal(rows, Read(1e6, rows));
        using var scope = NewDisposeScope();
        var read = new TokenReplacement(0.01, Secret, _model).Apply(batch, _embedding);
        Assert.Equal(batch.Labels, read.Labels);
        Assert.NotEqual(batch.Ids, read.Ids);
    }

    [Fact]
    public async Task A_run_repeats_bit_for_bit_also_after_a_resume_and_states_metric_privacy()
    {
        var settings = new PrivacySettings { Tokens = new TokenDefenceSettings { Epsilon = 4 } };
        var whole = await _run.TrainAsync(_run.Open(settings, "one"));
        Directory.CreateDirectory(_run.Folder("two"));
        File.Copy(Path.Combine(_run.Folder("one"), PrivacyDefence.SecretName), Path.Combine(_run.Folder("two"), PrivacyDefence.SecretName));

        var stopped = await _run.TrainAsync(_run.Open(settings, "two"), "checkpoints", stopAfter: 3);
        var resumed = await _run.TrainAsync(_run.Open(settings, "two"), "checkpoints", resume: true);

        Assert.Equal(whole.Losses, [.. stopped.Losses, .. resumed.Losses]);
        Assert.Equal(whole.Adapter, resumed.Adapter);
        Assert.NotEqual((await _run.TrainAsync(defence: null)).Losses, whole.Losses);
        Assert.Contains("privacy: dchi epsilon 4 per unit of embedding distance, for each token of each row that is read", whole.Notes);
        Assert.All(whole.Epsilons, Assert.Null);
    }

    [Fact]
    public async Task An_embedding_that_trains_is_refused()
    {
        using var run = new DefendedRun { Plan = _run.Plan with { Peft = _run.Plan.Peft with { Method = PeftMethod.None } } };

        var refused = await run.TrainAsync(run.Open(new PrivacySettings { Tokens = new TokenDefenceSettings { Epsilon = 4 } }));

        Assert.Equal("privacy.tokens.epsilon", Assert.Single(Assert.IsType<ConfigurationException>(refused.Failure).Problems).Key);
        Assert.Empty(refused.Losses);
    }

    private long[][] Read(double epsilon, long[][] rows, NoiseSecret? secret = null)
    {
        using var scope = NewDisposeScope();
        var read = new TokenReplacement(epsilon, secret ?? Secret, _model).Apply(Batch(rows), _embedding);
        return [.. rows.Select((row, index) => read.Ids[(index * read.Length)..((index * read.Length) + row.Length)])];
    }

    private static TrainingBatch Batch(long[][] rows)
    {
        int[][] ids = [.. rows.Select(row => row.Select(id => (int)id).ToArray())];
        return BatchCollator.Collate([.. ids.Select(row => new Example(row, row))]);
    }

    private static bool IsMark(int token) => token is 3 or >= 196;

    private static double Distance(float[] table, int one, int other) =>
        Math.Sqrt(Enumerable.Range(0, 8).Sum(at => Math.Pow((double)table[(one * 8) + at] - table[(other * 8) + at], 2)));
}
