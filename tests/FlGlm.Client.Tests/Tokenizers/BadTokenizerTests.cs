using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Tokenizers;

public sealed class BadTokenizerTests : IDisposable
{
    private const string Pieces = """{"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}""";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "cannot be read as a JSON object; fetch it anew.")]
    [InlineData("{", "cannot be read as a JSON object; fetch it anew.")]
    [InlineData("[]", "cannot be read as a JSON object; fetch it anew.")]
    [InlineData("{}", "describes no tokenizer: it has no 'model'.")]
    [InlineData("""{"model": {"type": "Rope"}}""", "describes a 'Rope' tokenizer; BPE, Unigram, WordPiece and WordLevel are known.")]
    [InlineData("""{"model": {"vocab": {}}}""", "describes a '' tokenizer; BPE, Unigram, WordPiece and WordLevel are known.")]
    [InlineData("""{"model": {"type": 5}}""", "describes no tokenizer: a field of it is missing or of another type; fetch it anew.")]
    [InlineData("""{"model": {"type": "BPE"}}""", "describes no tokenizer: a field of it is missing or of another type; fetch it anew.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}}""", "describes no tokenizer: a field of it is missing or of another type; fetch it anew.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "added_tokens": [5]}""", "describes no tokenizer: a field of it is missing or of another type; fetch it anew.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 2000000000}, "merges": []}}""", "describes no tokenizer: a field of it is missing or of another type; fetch it anew.")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "added_tokens": [{"id": 5, "content": "b"}]}""", "describes no tokenizer: the added token b has the id 5, and 1 is its place.")]
    [InlineData("""{"model": {"type": "Unigram", "vocab": [["a"]]}}""", "describes no tokenizer: ")]
    [InlineData("""{"model": {"type": "Unigram", "vocab": [["a", -1]], "unk_id": 7}}""", "describes no tokenizer: ")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a c"]}}""", "describes no tokenizer: ")]
    [InlineData("""{"model": {"type": "BPE", "vocab": {"a": 0, "##b": 1, "ab": 2}, "merges": ["##b a"], "continuing_subword_prefix": "##"}}""", "describes no tokenizer: the merge 'a' lacks its continuing_subword_prefix.")]
    [InlineData($$"""{"model": {{Pieces}}, "normalizer": {"type": "Magic"} }""", "describes no tokenizer: ")]
    [InlineData($$"""{"model": {{Pieces}}, "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated", "invert": false} }""", "describes no tokenizer: ")]
    public void A_tokenizer_json_that_is_none_is_refused_in_one_line(string content, string message)
    {
        var path = _folder.Write("tokenizer.json", content);

        Assert.StartsWith($"'{path}' {message}", Refused(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is no model")]
    [InlineData("{\"version\": \"1.0\", \"model\": {}}")]
    public void A_model_that_is_none_is_refused_in_one_line(string content)
    {
        var path = _folder.Write("tokenizer.model", content);

        Assert.Equal($"'{path}' cannot be read as a SentencePiece model; fetch it anew.", Refused(path));
    }

    [Theory]
    [InlineData(3, "word")]
    [InlineData(4, "char")]
    public void A_model_of_words_or_characters_is_refused_by_name(byte type, string name)
    {
        byte[] model = [.. ByteTokenizer.Model(), (2 << 3) | 2, 2, 3 << 3, type];
        var path = _folder.Write("tokenizer.model", model);

        Assert.Equal($"'{path}' is a SentencePiece model of type {name}; bpe and unigram are known.", Refused(path));
    }

    [Fact]
    public void A_damaged_normalizer_is_refused()
    {
        byte[] model = [.. ByteTokenizer.Model(), (3 << 3) | 2, 5, (2 << 3) | 2, 3, 1, 2, 3];
        var path = _folder.Write("tokenizer.model", model);

        Assert.Equal($"'{path}' cannot be read as a SentencePiece model: its precompiled_charsmap is damaged; fetch it anew.", Refused(path));
    }

    [Theory]
    [InlineData("""{"a": 0, "b": 1}""", "a b", "merges.txt', line 1, is no merge of two pieces of vocab.json: take both files from one release.")]
    [InlineData("""{"a": 0, "b": 1, "ab": 2}""", "#version: 0.2\na b\na b c", "merges.txt', line 3, is no merge of two pieces of vocab.json: take both files from one release.")]
    [InlineData("""{"a": "0"}""", "", "vocab.json' is no vocabulary: a has no id; 0 or more.")]
    [InlineData("{}", "", "vocab.json' is no vocabulary: it is empty.")]
    [InlineData("[]", "", "vocab.json' cannot be read as a JSON object: It holds something else. Copy or download it again.")]
    public void Broken_vocabularies_and_merges_are_refused(string vocabulary, string merges, string message)
    {
        _folder.Write("vocab.json", vocabulary);
        _folder.Write("merges.txt", merges);

        Assert.EndsWith(message, Refused(_folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_told_which_files_it_needs() =>
        Assert.Equal($"'{_folder.Path}' has no tokenizer: tokenizer.json, tokenizer.model, or vocab.json and merges.txt.", Refused(_folder.Path));

    [Fact]
    public void Nothing_of_a_tokenizer_stays_in_the_folder_for_temporary_files()
    {
        _folder.Write("good.json", $$"""{"model": {{Pieces}} }""");
        _folder.Write("bad.json", """{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a c"]}}""");
        var before = Temporary();

        using var tokenizer = HuggingFaceTokenizer.Open(_folder.At("good.json"));
        Refused(_folder.At("bad.json"));

        Assert.Equal([2], tokenizer.EncodeToIds("ab"));
        Assert.DoesNotContain(Temporary().Except(before), name => File.Exists(name) && File.ReadAllText(name).Contains("\"ab\":2", StringComparison.Ordinal));
    }

    [Fact]
    public void Nobody_else_may_read_the_temporary_file()
    {
        if (OperatingSystem.IsWindows())
            return;
        TokenizerEngine.Write(_folder.At("copy.json"), "{}"u8.ToArray());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.At("copy.json")));
    }

    private static string[] Temporary() => Directory.GetFiles(Path.GetTempPath(), "flglm-*.json");

    private static string Refused(string path)
    {
        var error = Assert.Throws<CheckpointException>(() => HuggingFaceTokenizer.Open(path));
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }
}
