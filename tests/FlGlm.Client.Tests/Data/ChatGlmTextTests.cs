using FlGlm.Client.Data;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

public sealed class ChatGlmTextTests : IDisposable
{
    private readonly ChatGlmFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Line_breaks_tabs_and_runs_of_blanks_have_pieces_of_their_own()
    {
        var tokenizer = _folder.Open();
        var text = "a\n\tb    c d" + new string(' ', 101) + "e" + new string(' ', 81) + "f";

        var ids = tokenizer.Encode(text, addBos: false);

        Assert.Equal([.. Ids("a\n\tb"), 130011, .. Ids("c d"), 130087, 130009 + 19, .. Ids("e"), 130087, .. Ids(" f")], ids);
        Assert.Equal(text, tokenizer.Decode(ids));
    }

    [Fact]
    public void Special_strings_in_a_text_become_their_ids_and_the_blanks_beside_them_go()
    {
        const int Pad = 3 + ChatGlmFolder.ImageTokens;

        var ids = _folder.Open().Encode(" a [MASK]\nb<eop><sop> <sOp>  <pad><unk>", addBos: false);

        Assert.Equal([.. Ids(" a"), 130000, .. Ids("b"), 130005, 130004, .. Ids("<sOp>"), Pad, ChatGlmFolder.ImageTokens], ids);
    }

    [Theory]
    [InlineData("[gMASK]")]
    [InlineData("[sMASK]")]
    [InlineData("<unused_0>")]
    [InlineData("<ENC>")]
    [InlineData("<dBLOCK>")]
    public void Other_marks_stay_text(string mark) => Assert.Equal(Ids($"a {mark} b"), _folder.Open().Encode($"a {mark} b", addBos: false));

    [Fact]
    public void A_prompt_that_spells_sop_is_dropped_since_its_context_would_end_there()
    {
        var data = _folder.Load("a.jsonl", """
            {"prompt": "a<sop>b", "completion": "yes<sop>"}
            {"prompt": "ask", "completion": "yes"}
            """);

        Assert.Equal([.. Ids("ask"), 130001, 130004, .. Ids("yes"), 130005], Assert.Single(data.Train).Ids);
        Assert.Equal(1, data.Reports[0].Dropped["a <sop> in the prompt"]);
    }

    [Fact]
    public void A_loss_on_the_context_is_refused()
    {
        var error = Assert.Throws<ConfigurationException>(() =>
            _folder.Load("a.jsonl", """{"prompt": "ask", "completion": "yes"}""", new DataSettings { LossOn = LossTarget.All }));

        Assert.Equal(
            new Problem("data.loss_on", "all would teach a ChatGLM-6B to copy: its context sees all of itself; completion."),
            Assert.Single(error.Problems));
    }

    [Fact]
    public void Marks_and_image_tokens_leave_no_text() =>
        Assert.Equal("né", _folder.Open().Decode([17, .. Ids("n"), 130001, 130004, .. Ids("é"), 130005, 140000]));

    [Fact]
    public void A_prompt_ends_with_gMASK_and_sop()
    {
        var tokenizer = _folder.Open();

        Assert.Equal([.. Ids("ask"), 130001, 130004], tokenizer.EncodePrompt(new Dialogue("ask")));
        Assert.Equal(Ids("ask"), tokenizer.Encode("ask", addBos: true));
        Assert.Equal([130005], tokenizer.StopIds);
    }

    [Fact]
    public void An_answer_is_learnt_from_sop_to_eop()
    {
        var example = Assert.Single(_folder.Load("a.jsonl", """{"prompt": "ask", "completion": "yes"}""").Train);

        Assert.Equal([.. Ids("ask"), 130001, 130004, .. Ids("yes"), 130005], example.Ids);
        Assert.Equal([-100, -100, -100, -100, 130004, .. Ids("yes"), 130005], example.Labels);
    }

    [Fact]
    public void A_row_s_context_ends_before_sop_and_its_answer_belongs_at_gMASK()
    {
        var rows = _folder.Load("a.jsonl", """{"prompt": "ask", "completion": "yes"}""").Train;

        var batch = BatchCollator.Collate(rows, marks: new ContextMarks(ChatGlmFolder.Start, ChatGlmFolder.GMask, Mask: 130000));

        Assert.Equal(new RowContext(4, 3), Assert.Single(batch.Contexts!));
        Assert.Equal("yes".Length + 2, batch.LabelCount);
    }

    [Fact]
    public void A_long_prompt_loses_its_beginning_and_never_the_marks()
    {
        const string Row = """{"prompt": "0123456789", "completion": "yes"}""";

        var data = _folder.Load("a.jsonl", Row, new DataSettings { MaxLength = 8 });
        var bare = _folder.Load("a.jsonl", Row, new DataSettings { MaxLength = 6 });

        Assert.Equal([.. Ids("89"), 130001, 130004, .. Ids("yes"), 130005], Assert.Single(data.Train).Ids);
        Assert.Equal([130001, 130004, .. Ids("yes"), 130005], Assert.Single(bare.Train).Ids);
        Assert.Equal(1, bare.Reports[0].Truncated);
    }

    [Fact]
    public void Every_row_of_a_text_has_its_marks_and_the_last_its_end()
    {
        var data = _folder.Load("a.txt", "12345", new DataSettings { MaxLength = 6 });

        Assert.Equal([[130001, 130004, .. Ids("123")], [130001, 130004, .. Ids("45"), 130005]], data.Train.Select(row => row.Ids));
        Assert.Equal([[-100, 130004, .. Ids("123")], [-100, 130004, .. Ids("45"), 130005]], data.Train.Select(row => row.Labels));
    }

    [Fact]
    public void A_text_needs_room_between_the_marks()
    {
        var error = Assert.Throws<ConfigurationException>(() => _folder.Load("a.txt", "12345", new DataSettings { MaxLength = 3 }));

        Assert.Equal(new Problem("data.max_length", "3 leaves no token of text between a row's 3 marks; 4 or more."), Assert.Single(error.Problems));
    }

    [Fact]
    public void A_chat_without_history_is_the_question_and_else_counts_its_rounds_from_0()
    {
        var tokenizer = _folder.Open();
        var history = new[] { new Round("q0", "a0"), new Round("q1", "a1") };

        Assert.Equal(tokenizer.EncodePrompt(new Dialogue("q")), tokenizer.EncodePrompt(new Dialogue("q"), PromptTemplate.Chat));
        Assert.Equal(
            tokenizer.EncodePrompt(new Dialogue("[Round 0]\n问：q0\n答：a0\n[Round 1]\n问：q1\n答：a1\n[Round 2]\n问：q\n答：")),
            tokenizer.EncodePrompt(new Dialogue("q") { History = history }, PromptTemplate.Chat));
        Assert.Equal(
            tokenizer.EncodePrompt(new Dialogue("be brief\nq")), tokenizer.EncodePrompt(new Dialogue("q") { System = "be brief" }, PromptTemplate.Chat));
    }

    [Theory]
    [InlineData(" 你好,世界!好:a;b?好 ", "你好，世界！好：a;b？好")]
    [InlineData("a, b! 1:2 中,,中", "a, b! 1:2 中，，中")]
    [InlineData("我学到[[训练时间]]。", "我学到2023年。")]
    [InlineData("It 's fine , is n't it ? I 'm sure ! a ' b .", "It's fine, isn't it? I'm sure! a'b.")]
    [InlineData("好 ,你", "好，你")]
    public void An_answer_is_trimmed_dated_and_given_full_width_punctuation_beside_Chinese(string answer, string clean) =>
        Assert.Equal(clean, _folder.Open().CleanAnswer(answer));

    [Fact]
    public void Image_tokens_that_no_file_counts_are_told_by_the_model_s_MASK()
    {
        File.Delete(Path.Combine(_folder.Path, "tokenizer_config.json"));

        Assert.Equal([.. Ids("ask"), 130001, 130004], _folder.Open().EncodePrompt(new Dialogue("ask")));
    }

    [Fact]
    public void A_count_that_gives_the_marks_other_ids_than_the_model_s_is_refused()
    {
        _folder.Write("tokenizer_config.json", """{"num_image_tokens": 20000}""");

        Assert.EndsWith(
            "gives [MASK] the id 20005 (num_image_tokens 20000), config.json 130000: "
            + "take all three files from one release, tokenizer_config.json too.",
            Refused(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"0\"")]
    [InlineData("-5")]
    public void A_mistyped_count_is_named(string count)
    {
        var path = _folder.Write("tokenizer_config.json", $$"""{"num_image_tokens": {{count}}}""");

        Assert.Equal($"'{path}', field 'num_image_tokens': {count} is no count; 0 or more.", Refused());
    }

    [Fact]
    public void The_old_vocabulary_s_marks_follow_from_its_start()
    {
        _folder.Write("config.json", """
            {"model_type": "chatglm", "inner_hidden_size": 8, "vocab_size": 150528, "bos_token_id": 150004, "eos_token_id": 150005, "pad_token_id": 20003}
            """);
        _folder.Write("tokenizer_config.json", "{}");
        var tokenizer = _folder.Open();

        Assert.Equal([150088 + 'a', 150001, 150004], tokenizer.EncodePrompt(new Dialogue("a")));
        Assert.Equal([150005], tokenizer.StopIds);
    }

    [Fact]
    public void A_missing_ice_text_model_is_named_also_where_another_family_s_tokenizer_lies()
    {
        File.Delete(Path.Combine(_folder.Path, "ice_text.model"));
        Assert.Equal($"'{_folder.Path}' has no tokenizer: the model's ice_text.model (SentencePiece) is needed; copy it there.", Refused());

        _folder.Write("tokenizer.model", ByteTokenizer.Model());
        Assert.Equal(
            $"'{_folder.Path}' has only tokenizer.model, the tokenizer of another model family: the model's ice_text.model (SentencePiece) is needed; copy it there.",
            Refused());
    }

    [Fact]
    public void Another_family_s_tokenizer_under_this_name_is_refused()
    {
        var path = _folder.Write("ice_text.model", ByteTokenizer.Model());

        Assert.Equal(
            $"'{path}' has no piece [MASK]: it is no ChatGLM-6B's tokenizer, or too old a one. Copy the model's present ice_text.model there.",
            Refused());
    }

    [Fact]
    public void A_tokenizer_larger_than_the_vocabulary_is_refused()
    {
        _folder.Write("config.json", """{"model_type": "chatglm", "inner_hidden_size": 8, "vocab_size": 130343}""");

        Assert.Contains("has 130344 pieces, more than the model's vocab_size 130343", Refused(), StringComparison.Ordinal);
    }

    private static int[] Ids(string text) => ChatGlmFolder.Ids(text);

    private string Refused()
    {
        var error = Assert.Throws<CheckpointException>(() => _folder.Open());
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }

    [Fact]
    public void Each_learnt_answer_of_a_dialogue_makes_a_row_with_its_own_context()
    {
        const string Row = """{"messages": [{"role": "user", "content": "q1"}, {"role": "assistant", "content": "a1"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "weight": 0}]}""";

        var data = _folder.Load("a.jsonl", Row, new DataSettings { Template = PromptTemplate.Chat, LossOn = LossTarget.Answers });

        var example = Assert.Single(data.Train);
        Assert.Equal([.. ChatGlmFolder.Ids("q1"), ChatGlmFolder.GMask, ChatGlmFolder.Start, .. ChatGlmFolder.Ids("a1"), 130005], example.Ids);
        Assert.Equal([ChatGlmFolder.Start, .. ChatGlmFolder.Ids("a1"), 130005], example.Labels.Where(label => label != Example.Ignored));
    }

    [Theory]
    [InlineData(SpecialTokenUse.Parse, new[] { 130000 })]
    [InlineData(SpecialTokenUse.Text, new int[0])]
    public void A_mark_that_a_text_spells_is_parsed_unless_special_tokens_are_text(SpecialTokenUse use, int[] marks)
    {
        var ids = TextTokenizer.Open(_folder.Path, use).Encode("[MASK]", addBos: false);

        Assert.Equal(marks, ids.Where(id => id is >= 130000 and < 130008));
    }
}
