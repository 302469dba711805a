using System.Globalization;
using System.Text.Json;
using FlGlm.Cli.Runs;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Runs;

public sealed class MetricsWriterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_step_is_one_line_of_documented_fields() =>
        Assert.Equal(
            """
            {"step":40,"round":1,"loss":1.7320508,"lr":0.001,"tokens":1000,"bytes_up":123456789012,"bytes_down":17,"seconds":{"head":0.1,"up":0,"queue":0,"middle":0.25,"down":0,"tail":0.1,"tail_backward":0,"up_gradient":0,"queue_gradient":0,"middle_backward":0,"down_gradient":0,"head_backward":0,"optimizer":0.001,"total":0.5}}
            """,
            Assert.Single(Write(1.7320508f)));

    [Fact]
    public void A_loss_reads_back_bit_for_bit()
    {
        float[] losses = [1f / 3, float.Epsilon, MathF.BitIncrement(1), float.MaxValue];
        var read = Write(losses).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("loss").GetRawText());
        Assert.Equal(losses, read.Select(text => float.Parse(text, CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void A_loss_that_is_no_number_is_a_word(float loss, string word) =>
        Assert.Equal(word, JsonDocument.Parse(Assert.Single(Write(loss))).RootElement.GetProperty("loss").GetString());

    [Fact]
    public void A_line_is_on_disk_before_the_next_step()
    {
        var path = Path.Combine(_folder.Path, "metrics.jsonl");
        using var metrics = new MetricsWriter(path);
        metrics.Write(SampleSteps.Step);
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        Assert.EndsWith("}\n", reader.ReadToEnd(), StringComparison.Ordinal);
    }

    private string[] Write(params float[] losses)
    {
        var path = Path.Combine(_folder.Path, "metrics.jsonl");
        using (var metrics = new MetricsWriter(path))
        {
            foreach (var loss in losses)
                metrics.Write(SampleSteps.Step with { Loss = loss });
        }

        return File.ReadAllLines(path);
    }
}
