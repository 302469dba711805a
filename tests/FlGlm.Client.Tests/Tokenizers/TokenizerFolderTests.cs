using FlGlm.Client.Data;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Tokenizers;

/// <summary>Which files of a checkpoint directory count.</summary>
public sealed class TokenizerFolderTests : IDisposable
{
    private const string Model = """{"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "</s>": 3}, "merges": ["a b"]}""";
    private const string Marks = """{"id": 3, "content": "</s>", "special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false}""";

    private readonly TempFolder _folder = new();

    public TokenizerFolderTests() => _folder.Write("config.json", """{"model_type": "llama", "vocab_size": 60000}""");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_llama_s_tokenizer_json_is_enough()
    {
        _folder.Write("tokenizer.json", $$"""{"model": {{Model}}, "added_tokens": [{{Marks}}], "decoder": {"type": "Fuse"} }""");

        var tokenizer = TextTokenizer.Open(_folder.Path);

        Assert.Equal([2, 0], tokenizer.Encode("aba", addBos: true));
        Assert.Equal([3], tokenizer.StopIds);
        Assert.Equal("aba", tokenizer.Decode([2, 0, 3]));
        Assert.Equal(4, tokenizer.VocabularySize);
        Assert.Empty(tokenizer.Warnings);
    }

    [SharedFact]
    public void A_llama_s_vocabulary_and_merges_are_enough()
    {
        foreach (var name in new[] { "vocab.json", "merges.txt" })
            File.Copy(SharedFolder.At("data", "tokenizers", "gpt2", name), _folder.At(name));

        var tokenizer = TextTokenizer.Open(_folder.Path);

        Assert.Equal([15496, 995], tokenizer.Encode("Hello world", addBos: true));
        Assert.Equal("Hello world", tokenizer.Decode([15496, 995, 50256]));
        Assert.Equal([50256], tokenizer.StopIds);
        Assert.Equal(50257, tokenizer.VocabularySize);
    }

    [SharedFact]
    public void Of_two_that_are_the_same_nothing_is_said()
    {
        CopyLlama("tokenizer.json", "tokenizer.model");

        var tokenizer = TextTokenizer.Open(_folder.Path);

        Assert.Empty(tokenizer.Warnings);
        Assert.Equal([1, 15043], tokenizer.Encode("Hello", addBos: true));
    }

    [SharedFact]
    public void Of_two_that_differ_tokenizer_json_counts_and_the_first_piece_is_named_once()
    {
        CopyLlama("tokenizer.json");
        File.Copy(PublishedTokenizers.Path("stories260K"), _folder.At("tokenizer.model"));

        var tokenizer = TextTokenizer.Open(_folder.Path);

        Assert.Equal(
            $"'{_folder.At("tokenizer.json")}' and the tokenizer.model beside it differ, first at id 259: '▁▁' and '▁t'. What is in tokenizer.json counts.",
            Assert.Single(tokenizer.Warnings));
        Assert.Equal([1, 15043], tokenizer.Encode("Hello", addBos: true));
        var data = new DataSettings { Train = [_folder.Write("a.txt", "a text")] };
        Assert.Equal(tokenizer.Warnings, Dataset.Load(data, _folder.Path, maxPositions: 2048).Warnings);
    }

    [Fact]
    public void A_model_that_is_none_is_refused_also_beside_a_tokenizer_json()
    {
        _folder.Write("tokenizer.json", $$"""{"model": {{Model}} }""");
        var path = _folder.Write("tokenizer.model", "no model");

        var error = Assert.Throws<CheckpointException>(() => TextTokenizer.Open(_folder.Path));

        Assert.Equal($"'{path}' cannot be read as a SentencePiece model; fetch it anew.", error.Message);
    }

    [SharedTheory]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer.model")]
    public void Added_tokens_of_the_files_beside_it_extend_the_vocabulary(string name)
    {
        CopyLlama(name);
        _folder.Write("added_tokens.json", """{"<pad>": 32000, "<tool>": 32001}""");
        _folder.Write("special_tokens_map.json", """{"pad_token": "<pad>", "eos_token": {"content": "<pad>"}}""");
        _folder.Write("config.json", """{"model_type": "llama", "vocab_size": 32002}""");

        var tokenizer = TextTokenizer.Open(_folder.Path);
        var published = (HuggingFaceTokenizer)tokenizer.Tokenizer;

        Assert.Equal(32002, tokenizer.VocabularySize);
        Assert.Equal([32000], tokenizer.StopIds);
        Assert.Equal([15043, 32001, 3186], published.EncodeToIds("Hello<tool>world"));
        Assert.Equal([32000, 32001], published.EncodeToIds("<pad><tool>", false, false, SpecialTokenUse.Parse));
        Assert.Equal([1, 32000], tokenizer.Encode("<pad>", addBos: true));
        Assert.DoesNotContain(32000, TextTokenizer.Open(_folder.Path, SpecialTokenUse.Text).Encode("<pad>", addBos: true));
        Assert.Equal("<tool> world", tokenizer.Decode([32000, 32001, 3186]));
    }

    [Theory]
    [InlineData("""{"additional_special_tokens": ["<|a|>"]}""")]
    [InlineData("""{"extra_special_tokens": ["<|a|>"]}""")]
    [InlineData("""{"extra_special_tokens": {"image_token": "<|a|>"}}""")]
    public void More_special_tokens_may_stand_in_a_list_or_under_names(string config)
    {
        ByteTokenizer.WriteTo(_folder.Path, vocabularySize: 260);
        _folder.Write("added_tokens.json", """{"<|a|>": 259}""");
        _folder.Write("tokenizer_config.json", config);

        Assert.Equal(259, HuggingFaceTokenizer.Open(_folder.Path).SpecialTokens["<|a|>"]);
    }

    [SharedTheory]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer.model")]
    public void A_token_takes_blanks_or_stands_between_words_alone_as_its_flags_say(string name)
    {
        CopyLlama(name);
        _folder.Write("tokenizer_config.json", """
            {"added_tokens_decoder": {
              "32000": {"content": "<left>", "lstrip": true, "special": true},
              "32001": {"content": "<right>", "rstrip": true, "special": true},
              "32002": {"content": "w0rd", "single_word": true, "special": true}}}
            """);
        using var tokenizer = HuggingFaceTokenizer.Open(_folder.Path);

        Assert.Equal([263, 32000, 29871, 289], Parse("a  <left> b"));
        Assert.Equal([263, 259, 32001, 289], Parse("a  <right>  b"));
        Assert.Equal(2, Parse("w0rd sw0rd w0rd_ w0rd").Count(id => id == 32002));

        IReadOnlyList<int> Parse(string text) => tokenizer.EncodeToIds(text, false, false, SpecialTokenUse.Parse);
    }

    [SharedTheory]
    [InlineData("""{"<pad>": 5}""")]
    [InlineData("""{"<s>": 32000}""")]
    [InlineData("""{"<pad>": 2000000000}""")]
    public void An_added_token_that_does_not_fit_is_refused(string added)
    {
        CopyLlama("tokenizer.model");
        _folder.Write("added_tokens.json", added);

        var error = Assert.Throws<CheckpointException>(() => TextTokenizer.Open(_folder.Path));

        Assert.Contains("which does not fit it: take all files from one release.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"x": {"content": "y"}}}""", "field 'added_tokens_decoder': x names no token; an id, and its content.")]
    [InlineData("added_tokens.json", """{"x": "y"}""", "x has no id; 0 or more.")]
    [InlineData("special_tokens_map.json", "[", "Copy or download it again.")]
    public void A_broken_file_beside_it_is_named(string name, string content, string message)
    {
        ByteTokenizer.WriteTo(_folder.Path);
        _folder.Write(name, content);

        var error = Assert.Throws<CheckpointException>(() => TextTokenizer.Open(_folder.Path));

        Assert.EndsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "x", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}], "pair": [], "special_tokens": {"x": {"id": "x", "ids": [2], "tokens": ["x"]}}}""", true, false)]
    [InlineData("""{"type": "RobertaProcessing", "sep": ["x", 2], "cls": ["x", 2], "trim_offsets": true, "add_prefix_space": true}""", true, true)]
    [InlineData("""{"type": "Sequence", "processors": [{"type": "ByteLevel"}, {"type": "BertProcessing", "sep": ["x", 2], "cls": ["x", 2]}]}""", true, true)]
    [InlineData("""{"type": "ByteLevel"}""", false, false)]
    public void Marks_that_the_post_processor_adds_are_added_by_us(string processor, bool addsBeginning, bool addsEnd)
    {
        _folder.Write("tokenizer.json", $$"""{"model": {{Model}}, "post_processor": {{processor}} }""");
        using var tokenizer = HuggingFaceTokenizer.Open(_folder.Path);

        Assert.Equal((addsBeginning, addsEnd), (tokenizer.AddsBeginningOfSentence, tokenizer.AddsEndOfSentence));
        Assert.Equal(addsBeginning ? 2 : null, tokenizer.BeginningOfSentenceId);
        Assert.Equal([0], tokenizer.EncodeToIds("a"));
        Assert.Equal([.. addsBeginning ? [2] : (int[])[], 0], TextTokenizer.Open(_folder.Path).EncodePrompt(new Dialogue("a")));
    }

    [Theory]
    [InlineData("LlamaTokenizerFast", true)]
    [InlineData("GPT2Tokenizer", false)]
    public void Without_a_post_processor_the_tokenizer_s_class_says_whether_it_begins_a_text(string name, bool addsBeginning)
    {
        _folder.Write("tokenizer.json", $$"""{"model": {{Model}} }""");
        _folder.Write("tokenizer_config.json", $$"""{"tokenizer_class": "{{name}}"}""");
        using var tokenizer = HuggingFaceTokenizer.Open(_folder.Path);

        Assert.Equal(addsBeginning, tokenizer.AddsBeginningOfSentence);
    }

    [Fact]
    public void A_text_is_neither_cut_nor_padded()
    {
        _folder.Write("tokenizer.json", $$"""
            {"model": {{Model}}, "truncation": {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 0},
             "padding": {"strategy": {"Fixed": 9}, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0, "pad_type_id": 0, "pad_token": "a"} }
            """);
        using var tokenizer = HuggingFaceTokenizer.Open(_folder.Path);

        Assert.Equal([1, 1, 1], tokenizer.EncodeToIds("bbb"));
    }

    [Fact]
    public void A_Unigram_s_special_tokens_spelled_out_are_text()
    {
        _folder.Write("tokenizer.json", """
            {"model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["<s>", 0], ["<", -5], ["s", -5], [">", -5], ["a", -2]]},
             "added_tokens": [{"id": 1, "content": "<s>", "special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false}]}
            """);
        using var tokenizer = HuggingFaceTokenizer.Open(_folder.Path);

        Assert.Equal([2, 3, 4, 5], tokenizer.EncodeToIds("<s>a"));
        Assert.Equal([1, 5], tokenizer.EncodeToIds("<s>a", false, false, SpecialTokenUse.Parse));
    }

    private void CopyLlama(params string[] names)
    {
        foreach (var name in names)
            File.Copy(SharedFolder.At("data", "tokenizers", "llama2", name), _folder.At(name));
    }
}
