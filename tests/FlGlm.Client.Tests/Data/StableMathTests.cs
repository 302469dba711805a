using FlGlm.Client.Data;

namespace FlGlm.Client.Tests.Data;

public sealed class StableMathTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1.4142135623730951)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(0.1)]
    [InlineData(3e-17)]
    [InlineData(1e300)]
    [InlineData(2.3e-308)]
    public void Logarithms_are_those_of_the_platform_but_for_the_last_digits(double x) =>
        Assert.Equal(Math.Log(x), StableMath.Log(x), 1e-15 * Math.Max(1, Math.Abs(Math.Log(x))));

    [Theory]
    [InlineData(0)]
    [InlineData(-0.3)]
    [InlineData(-1)]
    [InlineData(-36.7)]
    [InlineData(-700)]
    [InlineData(-746)]
    [InlineData(double.NegativeInfinity)]
    public void Exponentials_are_those_of_the_platform_but_for_the_last_digits(double x) =>
        Assert.Equal(Math.Exp(x), StableMath.Exp(x), 1e-13 * Math.Exp(x));

    [Fact]
    public void Their_bits_are_the_same_on_every_machine()
    {
        Assert.Equal(-4611004657371359979, BitConverter.DoubleToInt64Bits(StableMath.Log(0.1)));
        Assert.Equal(4368660460908433805, BitConverter.DoubleToInt64Bits(StableMath.Exp(-36.7)));
    }
}
