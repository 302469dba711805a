using FlGlm.Client.Data;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

/// <summary>Llama-3's form (github.com/meta-llama/llama3, ChatFormat): the text that its template renders, with its marks parsed.</summary>
public sealed class Llama3TextTests : IDisposable
{
    private const string Rendered =
        "<|start_header_id|>system<|end_header_id|>\n\nbe brief<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nq1<|eot_id|>"
        + "<|start_header_id|>assistant<|end_header_id|>\n\na1<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nus and us<|eot_id|>"
        + "<|start_header_id|>assistant<|end_header_id|>\n\n";

    private readonly TempFolder _folder = new();

    public Llama3TextTests()
    {
        ByteLevelTokenizer.WriteTo(_folder.Path);
        _folder.Write("config.json", """{"model_type": "llama", "vocab_size": 264, "bos_token_id": 259, "eos_token_id": 260}""");
        _folder.Write("generation_config.json", """{"eos_token_id": [260, 263], "temperature": 0.6}""");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_chat_has_the_ids_of_its_rendered_text()
    {
        var tokenizer = TextTokenizer.Open(_folder.Path);
        var dialogue = new Dialogue(" us and us\n") { System = "be brief", History = [new Round("q1", "a1 ")] };

        var prompt = tokenizer.EncodePrompt(dialogue, PromptTemplate.Chat);

        Assert.Equal([ByteLevelTokenizer.Beginning, .. Parsed(Rendered)], prompt);
        Assert.Equal([260, 263], tokenizer.StopIds);
    }

    [Fact]
    public void Every_answer_and_the_mark_that_ends_it_are_learnt()
    {
        const string Row = """{"messages": [{"role": "user", "content": "q1"}, {"role": "assistant", "content": "a1"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "us\n"}]}""";
        var data = Dataset.Load(
            new DataSettings { Train = [_folder.Write("a.jsonl", Row)], Template = PromptTemplate.Chat, LossOn = LossTarget.Answers }, _folder.Path, maxPositions: 512);

        var example = Assert.Single(data.Train);
        Assert.Equal([.. Parsed("a1<|eot_id|>"), .. Parsed("us<|eot_id|>")], example.Labels.Where(label => label != Example.Ignored));
        Assert.Equal(ByteLevelTokenizer.EndOfTurn, example.Ids[^1]);
        Assert.Equal("Llama-3", data.Reports[0].ChatForm);
    }

    [Fact]
    public void A_plain_answer_ends_with_the_end_of_the_text_and_has_no_blank_of_its_own()
    {
        var data = Dataset.Load(
            new DataSettings { Train = [_folder.Write("a.jsonl", """{"prompt": "ask", "completion": "us"}""")] }, _folder.Path, maxPositions: 512);

        Assert.Equal([ByteLevelTokenizer.Beginning, .. Parsed("askus"), ByteLevelTokenizer.End], Assert.Single(data.Train).Ids);
    }

    [Fact]
    public void A_token_across_the_seam_of_prompt_and_answer_is_the_answer_s()
    {
        var data = Dataset.Load(
            new DataSettings { Train = [_folder.Write("a.jsonl", """{"prompt": "ask\n", "completion": "\nus"}""")] }, _folder.Path, maxPositions: 512);

        var example = Assert.Single(data.Train);
        Assert.Single(Parsed("\n\n"));
        Assert.Equal([ByteLevelTokenizer.Beginning, .. Parsed("ask\n\nus"), ByteLevelTokenizer.End], example.Ids);
        Assert.Equal([.. Parsed("\n\nus"), ByteLevelTokenizer.End], example.Labels.Where(label => label != Example.Ignored));
    }

    [Theory]
    [InlineData("tokenizer_config.json", """{"bos_token": "<|begin_of_text|>", "chat_template": "{% for m in messages %}<|im_start|>{{ m.content }}{% endfor %}"}""")]
    [InlineData("chat_template.jinja", "{% for m in messages %}[INST]{{ m.content }}[/INST]{% endfor %}")]
    public void Another_chat_template_is_refused_and_plain_text_goes_on(string name, string content)
    {
        _folder.Write(name, content);
        var tokenizer = TextTokenizer.Open(_folder.Path);

        var error = Assert.Throws<ConfigurationException>(() => tokenizer.EncodePrompt(new Dialogue("q"), PromptTemplate.Chat));

        Assert.Contains("the checkpoint's chat_template is another", error.Message, StringComparison.Ordinal);
        Assert.Equal([ByteLevelTokenizer.Beginning, .. Parsed("q")], tokenizer.EncodePrompt(new Dialogue("q")));
    }

    private IEnumerable<int> Parsed(string text)
    {
        using var tokenizer = HuggingFaceTokenizer.Open(_folder.Path);
        return tokenizer.EncodeToIds(text, false, false, SpecialTokenUse.Parse);
    }
}
