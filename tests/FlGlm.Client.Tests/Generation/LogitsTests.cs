using FlGlm.Client.Generation;

namespace FlGlm.Client.Tests.Generation;

public sealed class LogitsTests
{
    private const float Nan = float.NaN;
    private const float None = float.NegativeInfinity;

    public static TheoryData<float[], int?> Largest => new()
    {
        { [1, 3, 2], 1 },
        { [3, 1, 3], 0 },
        { [Nan, -1, Nan, -2], 1 },
        { [-5], 0 },
        { [float.MinValue, None], 0 },
        { [None, float.PositiveInfinity, 5], 1 },
        { [None, Nan], null },
        { [], null },
    };

    [Theory]
    [MemberData(nameof(Largest))]
    public void The_first_of_the_largest_is_found(float[] logits, int? expected) => Assert.Equal(expected, Logits.ArgMax(logits));

    [Fact]
    public void The_largest_is_found_wherever_it_is()
    {
        for (var place = 0; place < 77; place++)
        {
            var logits = ScriptedDecoder.Hashed([place], 77);
            logits[place] = 4;
            logits[(place + 40) % 77] = Nan;
            Assert.Equal(place, Logits.ArgMax(logits));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1000)]
    public void Log_probabilities_are_those_of_the_definition(int vocabulary)
    {
        var logits = ScriptedDecoder.Hashed([vocabulary], vocabulary);
        var sum = logits.Sum(logit => Math.Exp(logit));
        var probabilities = logits.ToArray();
        Logits.ToLogProbabilities(probabilities);

        Assert.All(logits.Zip(probabilities), pair => Assert.Equal(pair.First - Math.Log(sum), pair.Second, 1e-5));
    }

    [Fact]
    public void What_is_no_number_has_no_part_in_the_others_probabilities()
    {
        float[] logits = [.. Enumerable.Repeat(Nan, 20), 100, None, 100];
        Logits.ToLogProbabilities(logits);

        Assert.Equal([-Math.Log(2), -Math.Log(2)], logits.Where(float.IsFinite).Select(logit => (double)logit), (a, b) => Math.Abs(a - b) < 1e-6);
    }
}
