using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

public sealed class TextTokenizerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_text_is_encoded_with_and_without_the_beginning_mark()
    {
        ByteTokenizer.WriteTo(_folder.Path);
        var tokenizer = TextTokenizer.Open(_folder.Path);

        Assert.Equal(ByteTokenizer.Ids("né\n"), tokenizer.Encode("né\n", addBos: false));
        Assert.Equal([1, .. ByteTokenizer.Ids("né\n")], tokenizer.Encode("né\n", addBos: true));
        Assert.Equal([1], tokenizer.Encode("", addBos: true));
        Assert.Equal("né\n", tokenizer.Decode([1, .. ByteTokenizer.Ids("né\n"), 2, 9999]));
        Assert.Equal([2], tokenizer.StopIds);
        Assert.Equal(ByteTokenizer.Size, tokenizer.VocabularySize);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("{}", true)]
    [InlineData("""{"add_bos_token": false}""", false)]
    public void Tokenizer_config_says_whether_a_prompt_begins_with_a_mark(string? config, bool addsBos)
    {
        ByteTokenizer.WriteTo(_folder.Path);
        if (config is not null)
            _folder.Write("tokenizer_config.json", config);

        var prompt = TextTokenizer.Open(_folder.Path).EncodePrompt(new Dialogue("ask"));

        Assert.Equal([.. addsBos ? new[] { 1 } : [], .. ByteTokenizer.Ids("ask")], prompt);
    }

    [Theory]
    [InlineData("""{"model_type": "llama", "vocab_size": 300, "bos_token_id": 5, "eos_token_id": [7, 8]}""", 5, new[] { 7, 8 })]
    [InlineData("""{"model_type": "llama", "vocab_size": 300, "bos_token_id": null}""", 1, new[] { 2 })]
    public void Marks_come_from_the_model_and_else_from_the_tokenizer(string config, int bos, int[] stops)
    {
        ByteTokenizer.WriteTo(_folder.Path);
        _folder.Write("config.json", config);

        var tokenizer = TextTokenizer.Open(_folder.Path);

        Assert.Equal([bos], tokenizer.Encode("", addBos: true));
        Assert.Equal(stops, tokenizer.StopIds);
    }

    [Fact]
    public void A_tokenizer_larger_than_the_model_s_vocabulary_is_refused()
    {
        ByteTokenizer.WriteTo(_folder.Path, vocabularySize: 258);

        Assert.Contains("has 259 pieces, more than the model's vocab_size 258", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mark_outside_the_vocabulary_is_refused()
    {
        ByteTokenizer.WriteTo(_folder.Path);
        _folder.Write("config.json", """{"model_type": "llama", "vocab_size": 300, "eos_token_id": 300}""");

        Assert.Contains("eos id 300", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_without_a_tokenizer_is_refused()
    {
        _folder.Write("config.json", """{"model_type": "llama", "vocab_size": 300}""");

        Assert.EndsWith("has no tokenizer: the model's tokenizer.json or tokenizer.model (SentencePiece) is needed; copy it there.", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer.model", "no model", "cannot be read as a SentencePiece model")]
    [InlineData("config.json", "{", "cannot be read as a JSON object")]
    [InlineData("config.json", "[]", "cannot be read as a JSON object")]
    [InlineData("config.json", "{}", "has no 'model_type'")]
    [InlineData("config.json", "{\"model_type\": \"gpt2\"}", "describes a 'gpt2' model")]
    [InlineData("config.json", "{\"model_type\": \"llama\"}", "has no vocab_size")]
    [InlineData("tokenizer_config.json", "nonsense", "cannot be read as a JSON object")]
    public void A_broken_file_is_named(string file, string content, string message)
    {
        ByteTokenizer.WriteTo(_folder.Path);
        var path = _folder.Write(file, content);

        Assert.StartsWith($"'{path}' {message}", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer.model")]
    [InlineData("config.json")]
    public void A_file_that_cannot_be_read_is_told_why(string file)
    {
        ByteTokenizer.WriteTo(_folder.Path);
        using var locked = new FileStream(_folder.At(file), FileMode.Open, FileAccess.Read, FileShare.None);

        Assert.StartsWith($"'{locked.Name}' cannot be read: ", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_directory_or_config_is_named()
    {
        var missing = Path.Combine(_folder.Path, "missing");
        Assert.Equal($"There is no checkpoint directory '{missing}'.", Assert.Throws<CheckpointException>(() => TextTokenizer.Open(missing)).Message);

        _folder.Write("tokenizer.model", ByteTokenizer.Model());
        Assert.Contains("a checkpoint directory has a config.json", Refused(), StringComparison.Ordinal);
    }

    [SharedFact]
    public void A_published_checkpoint_directory_opens()
    {
        var tokenizer = TextTokenizer.Open(SharedFolder.At("data", "weights", "stories260K-hf"));

        Assert.Equal([2], tokenizer.StopIds);
        Assert.Equal(512, tokenizer.VocabularySize);
        Assert.Equal([1, 346, 306, 414, 263, 304, 341], tokenizer.Encode("Hello world", addBos: true));
    }

    private string Refused()
    {
        var error = Assert.Throws<CheckpointException>(() => TextTokenizer.Open(_folder.Path));
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }
}
