using FlGlm.Testing;

namespace FlGlm.Client.Tests.Tokenizers;

public sealed class VectorTests
{
    [SharedTheory]
    [InlineData("llama2", 0, 51)]
    [InlineData("llama2.json", 0, 51)]
    [InlineData("chatglm3", 2, 4)]
    [InlineData("stories260K", 0, 49)]
    [InlineData("gpt2", 0, 46)]
    public void Ids_equal_the_published_ones(string name, int prefixIds, int cases)
    {
        var tokenizer = PublishedTokenizers.Shared(name);
        var vectors = PublishedTokenizers.Vectors(name);

        Assert.Equal(cases, vectors.Count);
        Assert.All(vectors, vector => Assert.Equal(vector.Ids[prefixIds..], tokenizer.EncodeToIds(vector.Text)));
    }

    [SharedTheory]
    [InlineData("llama2")]
    [InlineData("llama2.json")]
    [InlineData("chatglm3")]
    [InlineData("stories260K")]
    [InlineData("gpt2")]
    public void Ids_decode_to_their_text(string name)
    {
        var tokenizer = PublishedTokenizers.Shared(name);
        string[] texts =
        [
            "Once upon a time", "  two spaces", "line\nline\r\n\n", "tab\tand mark", "汉字与标点。", "emoji 👋🏽🧑‍🚀", "\u0001 control", "ελληνικά العربية",
        ];

        Assert.All(texts.Concat(PublishedTokenizers.Vectors(name).Select(vector => vector.Text)), text =>
            Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeToIds(text))));
    }
}
