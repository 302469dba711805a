using FlGlm.Client.Data;
using FlGlm.Client.Tasks;
using FlGlm.Client.Tests.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Tasks;

/// <summary>Questions as token ids, with a tokenizer of one byte a token.</summary>
public sealed class TaskEncoderTests : IDisposable
{
    private const int Bos = 1;
    private const int Eos = 2;
    private readonly DataFolder _llama = new();
    private readonly ChatGlmFolder _glm = new();

    private static TaskItem Item(params (string Name, string Text)[] fields) => new("1", fields.ToDictionary(field => field.Name, field => field.Text));

    [Fact]
    public void A_blank_joins_prompt_and_answer_of_a_llama_and_only_answer_and_end_are_learnt()
    {
        var encoded = Encoder(_llama.Open(), "{passage~} Question: {q}? Answer:").Encode(Item(("passage", "P."), ("q", "why")), ["yes", "no"], 100)!;

        Assert.Equal([Bos, .. ByteTokenizer.Ids("P. Question: why? Answer:")], encoded.Prompt(0));
        var row = encoded.Example(1);
        Assert.Equal([Bos, .. ByteTokenizer.Ids("P. Question: why? Answer: no"), Eos], row.Ids);
        Assert.Equal([.. ByteTokenizer.Ids(" no"), Eos], row.Labels.Where(label => label != Example.Ignored));
    }

    [Fact]
    public void The_mask_of_a_chatglm_stands_in_its_place_without_a_second_one_and_the_answer_follows_the_start_mark()
    {
        var encoded = Encoder(_glm.Open(), "\"{h}\"? {mask}, \"{p~}\"").Encode(Item(("h", "it rains"), ("p", "Drops fell.")), ["yes", "no"], 100)!;

        Assert.Equal([.. ChatGlmFolder.Ids("\"it rains\"?"), 130000, .. ChatGlmFolder.Ids(", \"Drops fell.\""), ChatGlmFolder.Start], encoded.Prompt(0));
        Assert.DoesNotContain(ChatGlmFolder.GMask, encoded.Prompt(0));
        var row = encoded.Example(0);
        Assert.Equal([.. ChatGlmFolder.Ids("yes"), 130005], row.Labels.Where(label => label != Example.Ignored));
        var context = BatchCollator.Collate([row], marks: new(Mask: 130000, GMask: ChatGlmFolder.GMask, Start: ChatGlmFolder.Start)).Contexts!.Single();
        Assert.Equal((encoded.Prompt(0).Length - 1, ChatGlmFolder.Ids("\"it rains\"?").Length), (context.Length, context.MaskPosition));
    }

    [Fact]
    public void A_prompt_without_mask_of_a_chatglm_ends_with_gmask()
    {
        var encoded = Encoder(_glm.Open(), "{p~} Answer:").Encode(Item(("p", "Drops fell.")), ["yes"], 100)!;

        Assert.Equal([.. ChatGlmFolder.Ids("Drops fell. Answer:"), ChatGlmFolder.GMask, ChatGlmFolder.Start], encoded.Prompt(0));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(45)]
    [InlineData(41)]
    public void A_long_prompt_loses_the_end_of_its_passage_and_nothing_else_and_no_more_than_it_must(int maxLength)
    {
        const string passage = "A passage that is far longer than all rows that are allowed here, and goes on and on.";
        const string rest = " Question: why ever? Answer:";
        var encoder = Encoder(_llama.Open(), "{passage~} Question: {q}? Answer:");

        var encoded = encoder.Encode(Item(("passage", passage), ("q", "why ever")), ["yes", "no"], maxLength)!;

        Assert.True(encoded.IsShortened);
        var text = _llama.Open().Decode(encoded.Prompt(0).Skip(1));
        Assert.EndsWith(rest, text, StringComparison.Ordinal);
        Assert.StartsWith(text[..^rest.Length], passage, StringComparison.Ordinal);
        Assert.InRange(encoded.Length, maxLength - 1, maxLength);  // a blank at the cut goes too
    }

    [Fact]
    public void Of_two_passages_the_longer_one_is_cut_first()
    {
        var encoder = Encoder(_llama.Open(), "{a~}|{b~}|{c}");

        var encoded = encoder.Encode(Item(("a", new string('a', 30)), ("b", "bbbb"), ("c", "cccc")), ["yes"], 30)!;

        Assert.Equal($"{new string('a', 14)}|bbbb|cccc", _llama.Open().Decode(encoded.Prompt(0).Skip(1)));
    }

    [Fact]
    public void A_character_is_never_cut_in_two()
    {
        var encoder = Encoder(_llama.Open(), "{a~}");

        for (var length = 8; length < 30; length++)
            Assert.DoesNotContain('\uFFFD', _llama.Open().Decode(encoder.Encode(Item(("a", "𝄞𝄞𝄞𝄞𝄞𝄞𝄞𝄞")), ["y"], length)!.Prompt(0).Skip(1)));
    }

    [Fact]
    public void A_question_that_does_not_fit_without_its_passage_has_no_row()
    {
        Assert.Null(Encoder(_llama.Open(), "{a~} {q}").Encode(Item(("a", "passage"), ("q", "a question of many words")), ["yes"], 20));
    }

    [Fact]
    public void A_chat_pattern_stands_in_the_models_chat_form_with_its_system_text()
    {
        var task = new OneTask([new PromptPattern("chat", "{q}") { IsChat = true, System = "Be brief." }]);

        var encoded = new TaskEncoder(_llama.Open(), task, "").Encode(Item(("q", "Why?")), ["Yes"], 200)!;

        Assert.Equal("[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nWhy? [/INST]", _llama.Open().Decode(encoded.Prompt(0).Skip(1)));
        Assert.Equal([.. ByteTokenizer.Ids(" Yes "), Eos], encoded.Example(0).Labels.Where(label => label != Example.Ignored));
    }

    [Fact]
    public void The_first_words_that_a_model_can_take_are_chosen_and_others_by_name()
    {
        var task = new OneTask([new("masked", "{q} {mask}."), new("plain", "{q}"), new("other", "{q}!")]);

        Assert.Equal("masked", new TaskEncoder(_glm.Open(), task, "").Pattern.Name);
        Assert.Equal("plain", new TaskEncoder(_llama.Open(), task, "").Pattern.Name);
        Assert.Equal("other", new TaskEncoder(_llama.Open(), task, "other").Pattern.Name);
    }

    [Theory]
    [InlineData("masked", "data.pattern: 'masked' puts its answer in the place of a mask, which a Llama-2 does not have; plain.")]
    [InlineData("causal", "data.pattern: 'one' has no 'causal'; it has masked, plain.")]
    public void Words_that_a_model_cannot_take_are_refused(string name, string message)
    {
        var task = new OneTask([new("masked", "{q} {mask}."), new("plain", "{q}")]);

        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => new TaskEncoder(_llama.Open(), task, name)).Message);
    }

    [Fact]
    public void A_task_that_a_model_cannot_pose_is_refused()
    {
        var task = new OneTask([new("masked", "{q} {mask}.")]);

        var error = Assert.Throws<ConfigurationException>(() => new TaskEncoder(_llama.Open(), task, ""));
        Assert.Equal("data.task: 'one' has no words that a Llama-2 can take; it has masked.", error.Message);
    }

    public void Dispose()
    {
        _llama.Dispose();
        _glm.Dispose();
    }

    private static TaskEncoder Encoder(TextTokenizer tokenizer, string words) => new(tokenizer, new OneTask([new PromptPattern("words", words)]), "");

    private sealed class OneTask(IReadOnlyList<PromptPattern> patterns) : LanguageTask
    {
        public override string Name => "one";

        public override IReadOnlyList<PromptPattern> Patterns => patterns;

        public override IEnumerable<TaskItem> Read(TaskRow row) => [];
    }
}
