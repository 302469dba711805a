using FlGlm.Client.Generation;

namespace FlGlm.Client.Tests.Generation;

public sealed class TopCandidatesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(50)]
    [InlineData(1000)]
    public void The_best_of_all_beams_come_first(int count)
    {
        float[] beamScores = [-1, 0.5f, -0.25f];
        var logits = beamScores.Select((_, beam) => ScriptedDecoder.Hashed([beam], 101)).ToArray();
        var top = new TopCandidates(count);
        for (var beam = 0; beam < 3; beam++)
            top.Offer(logits[beam], beam, beamScores[beam]);

        var sorted = from beam in Enumerable.Range(0, 3)
                     from token in Enumerable.Range(0, 101)
                     let score = logits[beam][token] + beamScores[beam]
                     orderby score descending
                     select new Candidate(beam, token, score);
        Assert.Equal(sorted.Take(count), top.BestFirst());
    }

    [Fact]
    public void Of_equals_the_first_stay()
    {
        var top = new TopCandidates(4);
        top.Offer([1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1]);

        Assert.Equal([1, 11, 0, 2], top.BestFirst().Select(candidate => candidate.Token));
    }

    [Fact]
    public void What_is_no_number_stays_out()
    {
        var top = new TopCandidates(4);
        top.Offer([float.NaN, 1, float.NegativeInfinity]);

        Assert.Equal(float.NegativeInfinity, top.Floor);
        Assert.Equal([1], top.BestFirst().Select(candidate => candidate.Token));
    }
}
