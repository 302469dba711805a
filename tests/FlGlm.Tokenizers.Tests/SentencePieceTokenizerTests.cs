using FlGlm.Testing;
using Microsoft.ML.Tokenizers;

namespace FlGlm.Tokenizers.Tests;

public sealed class SentencePieceTokenizerTests
{
    [SharedFact]
    public void The_beginning_mark_is_added_by_default_and_the_end_mark_is_not()
    {
        var tokenizer = TestModels.Open("llama2");

        Assert.Equal([1, 15043, 3186], tokenizer.EncodeToIds("Hello world"));
        Assert.Equal([1, 15043, 3186], tokenizer.EncodeToIds("Hello world".AsSpan()));
        Assert.Equal([15043, 3186, 2], tokenizer.EncodeToIds("Hello world", addBeginningOfSentence: false, addEndOfSentence: true));
        Assert.Equal([15043, 3186, 2], tokenizer.EncodeToIds("Hello world".AsSpan(), addBeginningOfSentence: false, addEndOfSentence: true));
    }

    [SharedFact]
    public void Tokens_are_counted_as_they_are_encoded()
    {
        var tokenizer = TestModels.Open("llama2");

        Assert.Equal(3, tokenizer.CountTokens("Hello world"));
        Assert.Equal(3, tokenizer.CountTokens("Hello world".AsSpan()));
        Assert.Equal(2, tokenizer.CountTokens("Hello world", addBeginningOfSentence: false, addEndOfSentence: false));
        Assert.Equal(2, tokenizer.CountTokens("Hello world".AsSpan(), addBeginningOfSentence: false, addEndOfSentence: false));
    }

    [SharedFact]
    public void An_empty_text_has_no_ids_and_no_ids_have_no_text()
    {
        var tokenizer = TestModels.Open("llama2");

        Assert.Empty(tokenizer.EncodeToIds(""));
        Assert.Equal("", tokenizer.Decode([]));
    }

    [SharedFact]
    public void Special_tokens_in_the_text_are_their_ids_and_the_text_between_is_encoded_apart()
    {
        var tokenizer = TestModels.Open("llama2", new Dictionary<string, int> { ["<s>"] = 1, ["<pad>"] = 32000 });

        Assert.Equal([1, 15043, 32000, 1, 11526, 32000], tokenizer.EncodeToIds("Hello<pad><s>world<pad>"));
        Assert.Equal([32000, 15043, 3186], tokenizer.EncodeToIds("<pad>Hello world", addBeginningOfSentence: false, addEndOfSentence: false));
    }

    [SharedFact]
    public void Special_tokens_are_decoded_on_request()
    {
        var tokenizer = TestModels.Open("llama2", new Dictionary<string, int> { ["<pad>"] = 32000 });
        int[] ids = [1, 15043, 3186, 32000, 3186, 2];

        Assert.Equal("Hello world world", tokenizer.Decode(ids));
        Assert.Equal("<s>Hello world<pad> world</s>", tokenizer.Decode(ids, considerSpecialTokens: true));
    }

    [SharedFact]
    public void Ids_outside_the_vocabulary_are_left_out_when_decoding() =>
        Assert.Equal("Hello world", TestModels.Open("llama2").Decode([15043, -1, 32000, 3186, int.MaxValue]));

    [SharedFact]
    public void Text_in_normal_form_can_be_encoded_as_it_is()
    {
        var tokenizer = TestModels.Open("llama2");

        Assert.Equal([1, 15043, 3186], tokenizer.EncodeToIds("▁Hello▁world", considerNormalization: false));
        Assert.Equal([1, 10994], tokenizer.EncodeToIds("Hello", considerNormalization: false));
    }

    [SharedTheory]
    [InlineData("llama2", 32000)]
    [InlineData("chatglm3", 64789)]
    [InlineData("stories260K", 512)]
    public void The_vocabulary_and_its_marks_are_the_model_s(string model, int size)
    {
        var tokenizer = TestModels.Open(model);

        Assert.Equal(size, tokenizer.Vocabulary.Values.Max() + 1);
        Assert.Equal((0, 1, 2), (tokenizer.UnknownId, tokenizer.BeginningOfSentenceId, tokenizer.EndOfSentenceId));
        Assert.Equal(tokenizer.BeginningOfSentenceId, tokenizer.Vocabulary[tokenizer.BeginningOfSentenceToken]);
        Assert.Equal(tokenizer.EndOfSentenceId, tokenizer.Vocabulary[tokenizer.EndOfSentenceToken]);
        Assert.Equal(tokenizer.UnknownId, tokenizer.Vocabulary[tokenizer.UnknownToken]);
    }

    [SharedFact]
    public void Several_threads_share_one_tokenizer()
    {
        var tokenizer = TestModels.Open("llama2", new Dictionary<string, int> { ["<pad>"] = 32000 });
        var vectors = TestModels.Vectors("llama2").ToList();
        var wrong = 0;

        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            foreach (var (text, ids) in vectors)
            {
                var found = tokenizer.EncodeToIds(text, addBeginningOfSentence: false, addEndOfSentence: false);
                if (!found.SequenceEqual(ids) || tokenizer.Decode(found) != text)
                    Interlocked.Increment(ref wrong);
            }
        });

        Assert.Equal(0, wrong);
    }

    [SharedFact]
    public void A_truncated_model_is_refused()
    {
        var half = File.ReadAllBytes(TestModels.Path("llama2"))[..250_000];

        Assert.ThrowsAny<Exception>(() => SentencePieceTokenizer.Create(new MemoryStream(half)));
    }
}
