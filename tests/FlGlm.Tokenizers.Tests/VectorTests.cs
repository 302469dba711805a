using FlGlm.Testing;

namespace FlGlm.Tokenizers.Tests;

public sealed class VectorTests
{
    [SharedTheory]
    [InlineData("llama2", 0, 51)]
    [InlineData("chatglm3", 2, 4)]
    [InlineData("stories260K", 0, 49)]
    public void Ids_equal_the_published_ones(string model, int prefixIds, int cases)
    {
        var tokenizer = TestModels.Open(model);
        var vectors = TestModels.Vectors(model).ToList();

        Assert.Equal(cases, vectors.Count);
        Assert.All(vectors, vector =>
            Assert.Equal(vector.Ids[prefixIds..], tokenizer.EncodeToIds(vector.Text, addBeginningOfSentence: false, addEndOfSentence: false)));
    }

    [SharedTheory]
    [InlineData("llama2")]
    [InlineData("chatglm3")]
    [InlineData("stories260K")]
    public void Ids_decode_to_their_text(string model)
    {
        var tokenizer = TestModels.Open(model);
        string[] texts =
        [
            "Once upon a time", "  two spaces", "line\nline\r\n\n", "tab\tand mark", "汉字与标点。", "emoji 👋🏽🧑‍🚀", "\u0001 control", "ελληνικά العربية",
        ];

        Assert.All(texts.Concat(TestModels.Vectors(model).Select(vector => vector.Text)), text =>
            Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeToIds(text))));
    }
}
