using FlGlm.Client.Data;
using FlGlm.Client.Generation;
using FlGlm.Client.Tests.Data;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Generation;

public sealed class StopStringTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("hello world", "lo w", "hello w")]
    [InlineData("hello world", "x", "hello world")]
    [InlineData("aé👋b", "👋", "aé👋")]
    [InlineData("aab", "ab", "aab")]
    [InlineData("hello", "h", "h")]
    public async Task An_answer_ends_with_the_first_stop_string(string written, string stop, string answer)
    {
        int[] script = [.. ByteTokenizer.Ids(written), 2];

        var row = await AnswerAsync(script, new GenerationSettings { StopStrings = ["never", stop] }, _folder.Open());

        Assert.Equal(answer, _folder.Open().Decode(row.Ids));
        Assert.Equal((FinishReason.Stop, answer == written && stop == "x" ? 2 : (int?)null), (row.FinishReason, row.StopId));
    }

    [Fact]
    public void Stop_strings_need_a_tokenizer_and_no_beams()
    {
        var settings = new GenerationSettings { StopStrings = ["x"] };

        Assert.Throws<ArgumentException>(() => new TokenGenerator(new ScriptedDecoder(_ => []), settings, [2], 10));
        Assert.Equal(["stop_strings", "stop_strings"], (settings with { NumBeams = 2, StopStrings = [""] }).Validate().Select(problem => problem.Key));
    }

    private static async Task<GeneratedRow> AnswerAsync(int[] script, GenerationSettings settings, TextTokenizer tokenizer)
    {
        int[] prompt = [1, .. ByteTokenizer.Ids("hell")];
        var decoder = new ScriptedDecoder(ids => Likeliest(script[ids.Count - prompt.Length]));
        return (await new TokenGenerator(decoder, settings, [2], 100, tokenizer).GenerateAsync([prompt]))[0];
    }

    private static float[] Likeliest(int id)
    {
        var logits = new float[ByteTokenizer.Size];
        logits[id] = 1;
        return logits;
    }
}
