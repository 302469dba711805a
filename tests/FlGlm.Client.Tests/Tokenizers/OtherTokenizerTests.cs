using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;
using Microsoft.ML.Tokenizers;

namespace FlGlm.Client.Tests.Tokenizers;

/// <summary>Tokenizers of Microsoft.ML.Tokenizers that a library's user brings.</summary>
public sealed class OtherTokenizerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public OtherTokenizerTests() => _folder.Write("config.json", """{"model_type": "llama", "vocab_size": 60000, "bos_token_id": 1, "eos_token_id": 2}""");

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public void The_package_s_SentencePieceTokenizer_serves_a_Llama()
    {
        using var model = File.OpenRead(PublishedTokenizers.Path("llama2"));
        var tokenizer = TextTokenizer.Create(_folder.Path, SentencePieceTokenizer.Create(model, addBeginningOfSentence: true, addEndOfSentence: true));

        Assert.Equal([15043, 3186], tokenizer.Encode("Hello world", addBos: false));
        Assert.Equal([1, 15043, 3186], tokenizer.EncodePrompt(new Dialogue("Hello world")));
        Assert.Equal("Hello world", tokenizer.Decode([1, 15043, 3186, 2, 99_999]));
        Assert.Equal(32000, tokenizer.VocabularySize);
        Assert.IsType<SentencePieceTokenizer>(tokenizer.Tokenizer);
    }

    [SharedFact]
    public void The_package_s_SentencePieceTokenizer_serves_a_ChatGLM3()
    {
        _folder.Write("config.json", """{"model_type": "chatglm", "ffn_hidden_size": 8, "padded_vocab_size": 65024, "eos_token_id": 2, "_name_or_path": "chatglm3"}""");
        using var model = File.OpenRead(PublishedTokenizers.Path("chatglm3"));
        var tokenizer = TextTokenizer.Create(_folder.Path, SentencePieceTokenizer.Create(model));
        var (text, ids) = PublishedTokenizers.Vectors("chatglm3")[0];

        Assert.Equal(ids, tokenizer.EncodePrompt(new Dialogue(text)));
        Assert.Equal(text, tokenizer.Decode(ids));
        Assert.Equal([2, 64795, 64797], tokenizer.StopIds);
    }

    [SharedTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_package_s_BpeTokenizer_serves_a_Llama(bool addsMarks)
    {
        const string Mark = "<|endoftext|>";
        _folder.Write("config.json", """{"model_type": "llama", "vocab_size": 60000, "eos_token_id": 50256}""");
        var pairs = BpeTokenizer.Create(new BpeOptions(Gpt2("vocab.json"), Gpt2("merges.txt"))
        {
            ByteLevel = true,
            PreTokenizer = new RegexPreTokenizer(new(@"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"), null),
            BeginningOfSentenceToken = addsMarks ? Mark : null,
            EndOfSentenceToken = addsMarks ? Mark : null,
        });

        var tokenizer = TextTokenizer.Create(_folder.Path, pairs);

        Assert.Equal([15496, 995], tokenizer.Encode("Hello world", addBos: false));
        Assert.Equal([.. addsMarks ? [50256] : (int[])[], 15496, 995], tokenizer.EncodePrompt(new Dialogue("Hello world")));
        Assert.Equal(50257, tokenizer.VocabularySize);
        Assert.Equal("Hello world", tokenizer.Decode([15496, 995]));
    }

    [Fact]
    public void The_package_s_TiktokenTokenizer_serves_a_Llama_whose_config_json_names_its_marks()
    {
        using var ranks = new MemoryStream("YQ== 0\nYg== 1\nYWI= 2\n"u8.ToArray());
        var tokenizer = TextTokenizer.Create(_folder.Path, TiktokenTokenizer.Create(ranks, preTokenizer: null, normalizer: null, new Dictionary<string, int> { ["<end>"] = 7 }));

        Assert.Equal([1, 2, 0], tokenizer.Encode("aba", addBos: true));
        Assert.Equal([2], tokenizer.StopIds);
        Assert.Equal(60000, tokenizer.VocabularySize);
        Assert.Equal("aba", tokenizer.Decode([2, 0]));
    }

    [Fact]
    public void A_ChatGLM_s_marks_need_a_vocabulary()
    {
        _folder.Write("config.json", """{"model_type": "chatglm", "ffn_hidden_size": 8, "padded_vocab_size": 270, "eos_token_id": 2}""");
        using var ranks = new MemoryStream("YQ== 0\nYg== 1\nYWI= 2\n"u8.ToArray());
        var bare = TiktokenTokenizer.Create(ranks, preTokenizer: null, normalizer: null);

        Assert.Throws<ArgumentException>(() => TextTokenizer.Create(_folder.Path, bare));

        var tokenizer = TextTokenizer.Create(_folder.Path, bare, new Dictionary<string, int> { ["a"] = 0, ["b"] = 1, ["ab"] = 2 });
        Assert.Equal([4, 6, 2], tokenizer.EncodePrompt(new Dialogue("ab")));
    }

    [SharedFact]
    public void One_that_does_not_fit_the_model_is_refused()
    {
        _folder.Write("config.json", """{"model_type": "llama", "vocab_size": 300}""");
        using var model = File.OpenRead(PublishedTokenizers.Path("llama2"));
        var tokenizer = SentencePieceTokenizer.Create(model);

        var error = Assert.Throws<CheckpointException>(() => TextTokenizer.Create(_folder.Path, tokenizer));

        Assert.Contains("has 32000 pieces, more than the model's vocab_size 300", error.Message, StringComparison.Ordinal);
    }

    private static string Gpt2(string name) => SharedFolder.At("data", "tokenizers", "gpt2", name);
}
