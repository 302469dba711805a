using FlGlm.Client.Tokenizers;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Tokenizers;

public sealed class ConversionFuzzTests
{
    [SharedTheory]
    [InlineData(SpecialTokenUse.Text)]
    [InlineData(SpecialTokenUse.Parse)]
    public void A_converted_model_gives_the_ids_and_texts_of_the_published_json_on_10000_random_texts(SpecialTokenUse specialTokens)
    {
        var converted = PublishedTokenizers.Shared("llama2");
        var published = PublishedTokenizers.Shared("llama2.json");
        var texts = new RandomTexts(seed: 1);
        for (var count = 0; count < 10_000; count++)
        {
            var text = texts.Next();
            var ids = published.EncodeToIds(text, addBeginningOfSentence: true, addEndOfSentence: false, specialTokens);

            Assert.Equal(ids, converted.EncodeToIds(text, addBeginningOfSentence: true, addEndOfSentence: false, specialTokens));
            Assert.Equal(published.Decode(ids), converted.Decode(ids));
        }
    }
}
