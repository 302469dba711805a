using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Models;

public sealed class RotaryTests
{
    private const int HeadSize = 8;

    [Fact]
    public void Dimension_i_turns_with_i_plus_half_by_its_own_frequency()
    {
        using var scope = NewDisposeScope();
        const int Position = 3;
        var (cos, sin) = Tables(new SequenceLayout([1]), Position);
        for (var i = 0; i < HeadSize / 2; i++)
        {
            var turned = Rotary.Turn(Unit(i), cos, sin).data<float>().ToArray();
            var angle = Position * Math.Pow(10000, -2.0 * i / HeadSize);

            Assert.Equal(Math.Cos(angle), turned[i], 1e-6);
            Assert.Equal(Math.Sin(angle), turned[i + (HeadSize / 2)], 1e-6);
            Assert.Equal(2, turned.Count(value => value != 0));
        }
    }

    [Fact]
    public void Positions_behind_a_prefix_continue_the_table()
    {
        using var scope = NewDisposeScope();
        var (cos, sin) = Tables(new SequenceLayout([10]), 0);
        var (cosBehind, sinBehind) = Tables(new SequenceLayout([6]), 4);

        Bits.Equal(cos.narrow(0, 4, 6), cosBehind, "cos");
        Bits.Equal(sin.narrow(0, 4, 6), sinBehind, "sin");
    }

    [Fact]
    public void Rows_that_go_on_continue_the_table_each_at_its_own_place()
    {
        using var scope = NewDisposeScope();
        var (cos, sin) = Tables(new SequenceLayout([10]), 0);
        var (cosNext, sinNext) = Tables(new SequenceLayout([1, 1]) { Past = [7, 3] }, 2);

        Bits.Equal(stack([cos.narrow(0, 9, 1), cos.narrow(0, 5, 1)]).unsqueeze(1), cosNext, "cos");
        Bits.Equal(stack([sin.narrow(0, 9, 1), sin.narrow(0, 5, 1)]).unsqueeze(1), sinNext, "sin");
    }

    /// <summary>
    /// transformers' <c>modeling_rope_utils</c>: linear divides each frequency by the factor. llama3 takes the wave length 2 pi / frequency; above
    /// original / low it divides by the factor, below original / high it changes nothing, and between it blends by
    /// (original / wave - low) / (high - low).
    /// </summary>
    [Theory]
    [InlineData("""{"rope_type": "linear", "factor": 4}""", 10000)]
    [InlineData("""{"type": "linear", "factor": 2.5}""", 10000)]
    [InlineData("""{"rope_type": "llama3", "factor": 32, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 8192}""", 500000)]
    [InlineData("""{"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 16}""", 10000)]
    public void Frequencies_are_stretched_as_published(string section, double theta)
    {
        const int Position = 5;
        const int Size = 64;
        using var scope = NewDisposeScope();
        using var json = JsonDocument.Parse(section);
        var fields = json.RootElement;

        var scaling = RopeScaling.Read(new JsonFields(fields, "a/config.json"));
        var angles = Rotary.Angles(tensor(new float[] { Position }), Size, theta, scaling).data<float>().ToArray();

        for (var i = 0; i < Size / 2; i++)
        {
            var frequency = Math.Pow(theta, -2.0 * i / Size);
            Assert.Equal(Position * Stretched(frequency, fields), angles[i], Position * frequency * 1e-5);
        }

        Assert.NotEqual(Position * Math.Pow(theta, (2.0 / Size) - 1), angles[^1], angles[^1] * 0.5);
    }

    private static double Stretched(double frequency, JsonElement fields)
    {
        var factor = Number("factor");
        if (!fields.TryGetProperty("low_freq_factor", out _))
            return frequency / factor;
        var (low, high, original) = (Number("low_freq_factor"), Number("high_freq_factor"), Number("original_max_position_embeddings"));
        var wave = 2 * Math.PI / frequency;
        if (wave > original / low)
            return frequency / factor;
        if (wave < original / high)
            return frequency;
        var smooth = ((original / wave) - low) / (high - low);
        return ((1 - smooth) * frequency / factor) + (smooth * frequency);

        double Number(string name) => fields.GetProperty(name).GetDouble();
    }

    private static (Tensor Cos, Tensor Sin) Tables(SequenceLayout layout, int first) =>
        Rotary.Tables(Rotary.Positions(layout, first, CPU), HeadSize, 10000, float32);

    /// <returns>[1, 1, 1, D] with a single one</returns>
    private static Tensor Unit(int dimension)
    {
        var values = new float[HeadSize];
        values[dimension] = 1;
        return tensor(values).view(1, 1, 1, HeadSize);
    }
}
