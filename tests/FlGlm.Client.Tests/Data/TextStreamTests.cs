using FlGlm.Client.Data;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

public sealed class TextStreamTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_whole_characters_come_out()
    {
        var stream = new TextStream(_folder.Open());

        Assert.Equal(["n", "", "é", "", "", "", "👋", "!"], ByteTokenizer.Ids("né👋!").Select(stream.Add));
        Assert.Equal("", stream.End());
    }

    [Fact]
    public void Bytes_that_make_no_character_come_out_at_the_end()
    {
        var stream = new TextStream(_folder.Open());

        Assert.Equal(["a", "", ""], ByteTokenizer.Ids("a👋")[..3].Select(stream.Add));
        Assert.Contains("\uFFFD", stream.End(), StringComparison.Ordinal);
    }

    [SharedFact]
    public void Spaces_and_marks_come_out_as_in_the_whole_text()
    {
        var tokenizer = TextTokenizer.Open(SharedFolder.At("data", "weights", "stories260K-hf"));
        int[] ids = [1, .. tokenizer.Encode("  Once upon a time,\n  there was 😀 ", addBos: false), 1, .. tokenizer.Encode(" a cat", addBos: false), 2];
        var stream = new TextStream(tokenizer);

        Assert.Equal(tokenizer.Decode(ids), string.Concat(ids.Select(stream.Add)) + stream.End());
    }
}
