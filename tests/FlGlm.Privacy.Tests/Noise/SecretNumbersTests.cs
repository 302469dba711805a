using FlGlm.Privacy.Noise;

namespace FlGlm.Privacy.Tests.Noise;

public sealed class SecretNumbersTests
{
    private readonly NoiseSource _source = new(new NoiseSecret([.. Enumerable.Range(0, NoiseSecret.Size).Select(at => (byte)at)]));

    [Fact]
    public void A_step_has_its_numbers_and_another_secret_step_or_data_has_others()
    {
        var numbers = Draw(_source, step: 3, rows: 100);

        Assert.Equal(numbers, Draw(_source, step: 3, rows: 100));
        Assert.NotEqual(numbers, Draw(_source, step: 4, rows: 100));
        Assert.NotEqual(numbers, Draw(_source, step: 3, rows: 101));
        Assert.NotEqual(numbers, Draw(new NoiseSource(new NoiseSecret(new byte[NoiseSecret.Size])), step: 3, rows: 100));
    }

    /// <summary>Chi squared with 6 degrees of freedom is above 22.5 with a probability of 0.001; the numbers are always the same.</summary>
    [Fact]
    public void Numbers_are_uniform()
    {
        var numbers = _source.Sample(step: 1, rows: 7, rowsPerStep: 1);
        var counts = new int[7];
        for (var draw = 0; draw < 70_000; draw++)
            counts[numbers.NextBelow(7)]++;

        Assert.InRange(counts.Sum(count => Math.Pow(count - 10_000, 2) / 10_000), 0, 22.5);
    }

    private static int[] Draw(NoiseSource source, long step, int rows)
    {
        var numbers = source.Sample(step, rows, rowsPerStep: 8);
        return [.. Enumerable.Range(0, 200).Select(_ => numbers.NextBelow(1000))];
    }
}
