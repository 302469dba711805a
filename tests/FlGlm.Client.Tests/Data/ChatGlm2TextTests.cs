using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

/// <summary>The byte tokenizer as ChatGLM2's: marks behind its 259 pieces, [gMASK] 260, sop 262, roles from 264.</summary>
public sealed class ChatGlm2TextTests : IDisposable
{
    private const string Roles = """{"name_or_path": "THUDM/chatglm3-6b"}""";

    private const string TwoRounds =
        """{"messages": [{"role": "user", "content": "q1"}, {"role": "assistant", "content": "a1"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""";

    private readonly DataFolder _folder = new();

    public ChatGlm2TextTests() =>
        _folder.Write("config.json", """{"model_type": "chatglm", "ffn_hidden_size": 8, "padded_vocab_size": 270, "eos_token_id": 2}""");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_prompt_begins_with_gMASK_and_sop()
    {
        var tokenizer = _folder.Open();

        Assert.Equal([260, 262, .. Ids("ask")], tokenizer.EncodePrompt(new Dialogue("ask")));
        Assert.Equal([260, 262, .. Ids("ask")], tokenizer.Encode("ask", addBos: true));
        Assert.Equal(264, tokenizer.VocabularySize);
        Assert.Equal([2], tokenizer.StopIds);
        Assert.Equal("ask", tokenizer.Decode([260, 262, .. Ids("ask"), 2]));
    }

    [Fact]
    public void Only_answer_and_eos_are_learnt()
    {
        var example = Assert.Single(_folder.Load("a.jsonl", """{"prompt": "0123456", "completion": "yes"}""", new DataSettings { MaxLength = 8 }).Train);

        Assert.Equal([260, 262, .. Ids("56yes"), 2], example.Ids);
        Assert.Equal([-100, -100, -100, -100, .. Ids("yes"), 2], example.Labels);
    }

    [Fact]
    public void Every_row_of_a_text_begins_with_the_marks()
    {
        var data = _folder.Load("a.txt", "12345", new DataSettings { MaxLength = 6 });

        Assert.Equal([[260, 262, .. Ids("123")], [260, 262, .. Ids("45"), 2]], data.Train.Select(row => row.Ids));
        Assert.Equal([[-100, -100, .. Ids("123")], [-100, -100, .. Ids("45"), 2]], data.Train.Select(row => row.Labels));
    }

    [Fact]
    public void A_chat_of_ChatGLM2_counts_its_rounds_from_1()
    {
        var tokenizer = _folder.Open();

        Assert.Equal(
            tokenizer.EncodePrompt(new Dialogue("[Round 1]\n\n问：q\n\n答：")),
            tokenizer.EncodePrompt(new Dialogue("q"), PromptTemplate.Chat));
        Assert.Equal(
            tokenizer.EncodePrompt(new Dialogue("be brief\n[Round 1]\n\n问：q1\n\n答：a1\n\n[Round 2]\n\n问：q\n\n答：")),
            tokenizer.EncodePrompt(new Dialogue("q") { System = "be brief", History = [new Round("q1", "a1")] }, PromptTemplate.Chat));
    }

    [Theory]
    [InlineData(Roles)]
    [InlineData("""{"added_tokens_decoder": {"265": {"content": "<|user|>"}}}""")]
    [InlineData("""{"added_tokens_decoder": {}, "chat_template": "{% if add_generation_prompt %}<|assistant|>{% endif %}"}""")]
    [InlineData("""{"additional_special_tokens": ["<|assistant|>"]}""")]
    public void A_chat_of_ChatGLM3_marks_its_roles_and_no_text_can(string config)
    {
        _folder.Write("tokenizer_config.json", config);
        var tokenizer = _folder.Open();
        var dialogue = new Dialogue("<|user|>") { System = "s", History = [new Round("q", "a")] };

        Assert.Equal(
            [260, 262, 264, .. Ids("\ns"), 265, .. Ids("\nq"), 266, .. Ids("\na"), 265, .. Ids("\n<|user|>"), 266],
            tokenizer.EncodePrompt(dialogue, PromptTemplate.Chat));
        Assert.Equal([2, 265, 267], tokenizer.StopIds);
        Assert.Equal(268, tokenizer.VocabularySize);
    }

    [Fact]
    public void All_answers_of_a_ChatGLM3_are_learnt_in_one_row_each_with_the_mark_of_the_next_turn()
    {
        _folder.Write("tokenizer_config.json", Roles);

        var example = Assert.Single(_folder.Load("a.jsonl", TwoRounds, new DataSettings { Template = PromptTemplate.Chat, LossOn = LossTarget.Answers }).Train);

        Assert.Equal([260, 262, 265, .. Ids("\nq1"), 266, .. Ids("\na1"), 265, .. Ids("\nq"), 266, .. Ids("\na"), 2], example.Ids);
        Assert.Equal([.. Ids("\na1"), 265, .. Ids("\na"), 2], example.Labels.Where(label => label != Example.Ignored));
    }

    [Fact]
    public void Each_answer_of_a_ChatGLM2_makes_a_row_of_its_own()
    {
        var data = _folder.Load("a.jsonl", TwoRounds, new DataSettings { Template = PromptTemplate.Chat, LossOn = LossTarget.Answers });

        Assert.Equal(
            [
                [260, 262, .. Ids("[Round 1]\n\n问：q1\n\n答：a1"), 2],
                [260, 262, .. Ids("[Round 1]\n\n问：q1\n\n答：a1\n\n[Round 2]\n\n问：q\n\n答：a"), 2],
            ],
            data.Train.Select(row => row.Ids));
        Assert.Equal([[.. Ids("a1"), 2], [.. Ids("a"), 2]], data.Train.Select(row => row.Labels.Where(label => label != Example.Ignored)));
    }

    [Fact]
    public void An_empty_last_answer_of_a_ChatGLM2_costs_its_own_row_alone()
    {
        var row = TwoRounds.Replace("\"a\"", "\"\"", StringComparison.Ordinal);

        var data = _folder.Load("a.jsonl", row, new DataSettings { Template = PromptTemplate.Chat, LossOn = LossTarget.Answers });

        Assert.Equal([260, 262, .. Ids("[Round 1]\n\n问：q1\n\n答：a1"), 2], Assert.Single(data.Train).Ids);
        Assert.Equal(1, data.Reports[0].Dropped["an empty answer"]);
    }

    [Theory]
    [InlineData("/models/ChatGLM3-6b", "ChatGLM3")]
    [InlineData("/models/chatglm2-6b", "ChatGLM2")]
    public void A_model_saved_anew_tells_where_it_came_from_and_the_report_which_form_it_is_taken_to_have(string origin, string form)
    {
        _folder.Write("config.json", $$"""
            {"model_type": "chatglm", "_name_or_path": "{{origin}}", "ffn_hidden_size": 8, "padded_vocab_size": 270, "eos_token_id": 2}
            """);

        var data = _folder.Load("a.jsonl", """{"prompt": "q", "completion": "a"}""", new DataSettings { Template = PromptTemplate.Chat });

        Assert.EndsWith($" tokens; chat form: {form}", Assert.Single(data.Reports).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_chat_of_ChatGLM3_loses_whole_rounds_and_never_a_mark()
    {
        _folder.Write("tokenizer_config.json", Roles);
        const string Rows = """
            {"prompt": "q", "completion": "a", "history": [["q1", "a1"], ["2", "2"]]}
            {"prompt": "a long question", "completion": "a"}
            """;

        var data = _folder.Load("a.jsonl", Rows, new DataSettings { Template = PromptTemplate.Chat, MaxLength = 16 });

        int[] kept = [260, 262, 265, .. Ids("\n2"), 266, .. Ids("\n2"), 265, .. Ids("\nq"), 266, .. Ids("\na"), 2];
        Assert.Equal(kept, Assert.Single(data.Train).Ids);
        Assert.Equal((2, 1), (data.Reports[0].Read, data.Reports[0].Truncated));
        Assert.Equal(1, data.Reports[0].Dropped["a question longer than data.max_length"]);
    }

    [Fact]
    public void The_last_turn_of_ChatGLM3_is_found_from_its_ids()
    {
        _folder.Write("tokenizer_config.json", Roles);
        var tokenizer = _folder.Open();

        var answer = tokenizer.Decode([.. Ids("weather\ncall()"), 266, .. Ids("\n sun"), 2]);

        Assert.Equal("weather\ncall()<|assistant|>\n sun", answer);
        Assert.Equal("sun", tokenizer.CleanAnswer(answer));
    }

    [Fact]
    public void ChatGLM3_learns_the_line_break_behind_its_role()
    {
        _folder.Write("tokenizer_config.json", Roles);

        var example = Assert.Single(_folder.Load("a.jsonl", """{"prompt": "q", "completion": "a"}""", new DataSettings { Template = PromptTemplate.Chat }).Train);

        Assert.Equal([260, 262, 265, .. Ids("\nq"), 266, .. Ids("\na"), 2], example.Ids);
        Assert.Equal([.. Enumerable.Repeat(-100, 6), .. Ids("\na"), 2], example.Labels);
    }

    [Fact]
    public void An_answer_of_ChatGLM2_keeps_its_punctuation() =>
        Assert.Equal("你好,2023年", _folder.Open().CleanAnswer(" 你好,[[训练时间]]\n"));

    [Theory]
    [InlineData("\n 你好,[[训练时间]]\n再见 ", "你好,2023年\n再见")]
    [InlineData("你好,[[训练时间]] ", "你好,2023年")]
    [InlineData("weather\ncall() ", "weather\ncall()")]
    [InlineData("weather\ncall()<|assistant|>\n sun ", "sun")]
    public void An_answer_of_ChatGLM3_is_its_last_turn(string answer, string clean)
    {
        _folder.Write("tokenizer_config.json", Roles);

        Assert.Equal(clean, _folder.Open().CleanAnswer(answer));
    }

    [Fact]
    public void Marks_that_do_not_fit_into_the_vocabulary_are_refused()
    {
        _folder.Write("config.json", """{"model_type": "chatglm", "ffn_hidden_size": 8, "padded_vocab_size": 263}""");

        Assert.Contains("has 264 pieces, more than the model's vocab_size 263", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(264 + 1024, true)]
    [InlineData(264 + 1025, false)]
    public void A_tokenizer_far_smaller_than_the_vocabulary_is_refused(int vocabulary, bool isTaken)
    {
        _folder.Write("config.json", $$"""{"model_type": "chatglm", "ffn_hidden_size": 8, "padded_vocab_size": {{vocabulary}}}""");

        if (isTaken)
            Assert.Equal(264, _folder.Open().VocabularySize);
        else
            Assert.Contains($"has 264 pieces, far fewer than the model's vocab_size {vocabulary}", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void ChatGLM_6B_s_tokenizer_is_refused()
    {
        _folder.Delete("tokenizer.model");
        _folder.Write("ice_text.model", ByteTokenizer.Model());

        Assert.EndsWith(
            "has only ice_text.model, the tokenizer of another model family: the model's tokenizer.model (SentencePiece) is needed; copy it there.",
            Refused(),
            StringComparison.Ordinal);
    }

    private static int[] Ids(string text) => ByteTokenizer.Ids(text);

    private string Refused()
    {
        var error = Assert.Throws<CheckpointException>(() => _folder.Open());
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }
}
