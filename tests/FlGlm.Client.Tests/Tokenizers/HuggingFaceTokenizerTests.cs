using System.Buffers;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Tokenizers;

public sealed class HuggingFaceTokenizerTests
{
    [SharedTheory]
    [InlineData("llama2")]
    [InlineData("llama2.json")]
    public void Marks_are_added_where_they_are_asked_for(string name)
    {
        var tokenizer = PublishedTokenizers.Shared(name);

        Assert.Equal([15043, 3186], tokenizer.EncodeToIds("Hello world"));
        Assert.Equal([15043, 3186], tokenizer.EncodeToIds("Hello world".AsSpan()));
        Assert.Equal([1, 15043, 3186, 2], tokenizer.EncodeToIds("Hello world", true, true, SpecialTokenUse.Text));
        Assert.Equal([1], tokenizer.EncodeToIds("", true, false, SpecialTokenUse.Text));
        Assert.True(tokenizer.AddsBeginningOfSentence);
        Assert.False(tokenizer.AddsEndOfSentence);
    }

    [SharedTheory]
    [InlineData("llama2", 32000)]
    [InlineData("llama2.json", 32000)]
    [InlineData("chatglm3", 64789)]
    [InlineData("stories260K", 512)]
    public void The_vocabulary_and_its_marks_are_the_model_s(string name, int size)
    {
        var tokenizer = PublishedTokenizers.Shared(name);

        Assert.Equal(size, tokenizer.Vocabulary.Values.Max() + 1);
        Assert.Equal((0, 1, 2), (tokenizer.UnknownId, tokenizer.BeginningOfSentenceId, tokenizer.EndOfSentenceId));
        Assert.Equal(1, tokenizer.Vocabulary["<s>"]);
        Assert.Equal([0, 1, 2], tokenizer.SpecialTokens.Values.Order().Take(3));
    }

    [SharedFact]
    public void GPT_2_ends_a_text_as_it_begins_one_and_adds_neither()
    {
        var tokenizer = PublishedTokenizers.Shared("gpt2");

        Assert.Equal((50256, 50256), (tokenizer.BeginningOfSentenceId, tokenizer.EndOfSentenceId));
        Assert.False(tokenizer.AddsBeginningOfSentence);
        Assert.Equal([50256], tokenizer.EncodeToIds("<|endoftext|>", false, false, SpecialTokenUse.Parse));
        Assert.DoesNotContain(50256, tokenizer.EncodeToIds("<|endoftext|>"));
        Assert.Equal(50257, tokenizer.Vocabulary.Count);
    }

    [SharedTheory]
    [InlineData("llama2")]
    [InlineData("llama2.json")]
    public void Special_tokens_in_a_text_are_text_or_their_ids_as_the_caller_says(string name)
    {
        var tokenizer = PublishedTokenizers.Shared(name);

        Assert.Equal([1, 15043, 2, 3186], tokenizer.EncodeToIds("<s>Hello</s>world", false, false, SpecialTokenUse.Parse));
        var text = tokenizer.EncodeToIds("<s>Hello</s>world");
        Assert.DoesNotContain(1, text);
        Assert.DoesNotContain(2, text);
        Assert.Equal("<s>Hello</s>world", tokenizer.Decode(text));
    }

    [SharedTheory]
    [InlineData("llama2")]
    [InlineData("llama2.json")]
    [InlineData("gpt2")]
    public void Marks_and_ids_outside_the_vocabulary_have_no_text(string name)
    {
        var tokenizer = PublishedTokenizers.Shared(name);
        var ids = tokenizer.EncodeToIds("Hello world");

        Assert.Equal("Hello world", tokenizer.Decode([tokenizer.BeginningOfSentenceId!.Value, ids[0], -1, 99_999, ids[1], int.MaxValue, int.MinValue, tokenizer.EndOfSentenceId!.Value]));
        Assert.Equal("", tokenizer.Decode([]));
    }

    [SharedTheory]
    [InlineData("llama2")]
    [InlineData("llama2.json")]
    public void A_wrong_byte_spoils_no_character_beside_it(string name)
    {
        var tokenizer = PublishedTokenizers.Shared(name);
        int[] bytes = [0xF0 + 3, 0x9F + 3, 0xC3 + 3, 0xA9 + 3];

        Assert.Equal("\uFFFD\uFFFDé", tokenizer.Decode(bytes));
    }

    [SharedTheory]
    [InlineData("llama2")]
    [InlineData("llama2.json")]
    [InlineData("gpt2")]
    public void Half_a_surrogate_pair_is_taken_for_a_replacement_character(string name)
    {
        var tokenizer = PublishedTokenizers.Shared(name);

        Assert.Equal(tokenizer.EncodeToIds("a\uFFFDb\uFFFD"), tokenizer.EncodeToIds("a\uD83Db\uDC4B"));
        Assert.Equal(tokenizer.EncodeToIds("a\uFFFD"), tokenizer.EncodeToIds("a\uD83D"));
    }

    [SharedFact]
    public void Several_threads_share_one_tokenizer()
    {
        var tokenizer = PublishedTokenizers.Shared("llama2.json");
        var vectors = PublishedTokenizers.Vectors("llama2");
        var wrong = 0;

        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            foreach (var (text, ids) in vectors)
            {
                if (!tokenizer.EncodeToIds(text).SequenceEqual(ids) || tokenizer.Decode(ids) != text
                    || !tokenizer.EncodeToIds("<s>" + text, false, false, SpecialTokenUse.Parse).SequenceEqual([1, .. ids]))
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        });

        Assert.Equal(0, wrong);
    }

    [SharedFact]
    public void Tokens_that_stand_in_the_text_have_offsets_and_others_0_0()
    {
        var converted = PublishedTokenizers.Shared("llama2");
        var published = PublishedTokenizers.Shared("llama2.json");

        var tokens = converted.EncodeToTokens("Hello world👋a", out var normalized);

        Assert.Equal("▁Hello▁world👋a", normalized);
        Assert.Equal([("▁Hello", 0..6), ("▁world", 6..12), ("<0xF0>", 0..0)], tokens.Take(3).Select(token => (token.Value, token.Offset)));
        Assert.Equal(0..0, tokens[^1].Offset);
        Assert.Equal([0..5, 5..11], published.EncodeToTokens("Hello world", out _).Select(token => token.Offset));
    }

    [SharedFact]
    public void Tokens_are_counted_and_cut_as_the_package_s_own_tokenizers_do()
    {
        var tokenizer = PublishedTokenizers.Shared("llama2");

        Assert.Equal(2, tokenizer.CountTokens("Hello world"));
        Assert.Equal([15043], tokenizer.EncodeToIds("Hello world", maxTokenCount: 1, out _, out var consumed));
        Assert.Equal(6, consumed);
        Assert.Equal(6, tokenizer.GetIndexByTokenCount("Hello world", 1, out _, out var count));
        Assert.Equal(1, count);
    }

    [SharedFact]
    public void Text_in_normal_form_can_be_encoded_as_it_is()
    {
        var tokenizer = PublishedTokenizers.Shared("llama2");

        Assert.Equal([15043, 3186], tokenizer.EncodeToIds("▁Hello▁world", considerNormalization: false));
        Assert.Equal([10994], tokenizer.EncodeToIds("Hello", considerNormalization: false));
    }

    [SharedFact]
    public void A_text_that_does_not_fit_into_the_caller_s_memory_is_said_so()
    {
        var tokenizer = PublishedTokenizers.Shared("llama2");
        var memory = new char[11];

        Assert.Equal(OperationStatus.Done, tokenizer.Decode([15043, 3186], memory, out var taken, out var written));
        Assert.Equal((2, 11, "Hello world"), (taken, written, new string(memory)));
        Assert.Equal(OperationStatus.DestinationTooSmall, tokenizer.Decode([15043, 3186], memory.AsSpan(1), out taken, out written));
        Assert.Equal((0, 0), (taken, written));
    }

    [SharedFact]
    public void A_tokenizer_that_is_disposed_of_refuses_to_go_on()
    {
        var tokenizer = PublishedTokenizers.Open("gpt2");
        tokenizer.Dispose();
        tokenizer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => tokenizer.EncodeToIds("a"));
    }

    [SharedFact]
    public void Tokenizers_that_nobody_holds_are_freed_while_others_work()
    {
        using var tokenizer = PublishedTokenizers.Open("stories260K");
        var ids = tokenizer.EncodeToIds("Once upon a time");
        for (var count = 0; count < 20; count++)
        {
            _ = PublishedTokenizers.Open("stories260K").EncodeToIds("a");
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Equal(ids, tokenizer.EncodeToIds("Once upon a time"));
        }
    }

    [SharedFact]
    public void A_truncated_model_is_refused()
    {
        using var folder = new TempFolder();
        var path = folder.Write("tokenizer.model", File.ReadAllBytes(PublishedTokenizers.Path("llama2"))[..250_000]);

        var error = Assert.Throws<CheckpointException>(() => HuggingFaceTokenizer.Open(path));

        Assert.Equal($"'{path}' cannot be read as a SentencePiece model; fetch it anew.", error.Message);
    }
}
