using FlGlm.Client.Data;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

/// <summary>Where a prompt ends and its answer begins, in a row and in what is generated.</summary>
public sealed class AnswerSeamTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public void An_answer_that_begins_with_white_space_is_encoded_with_its_prompt_as_one_text()
    {
        var tokenizer = CopyStories();

        var example = Assert.Single(_folder.Load("a.jsonl", """{"prompt": "The cat sat on", "completion": " the mat."}""").Train);

        int[] whole = [.. tokenizer.Encode("The cat sat on the mat.", addBos: true)];
        Assert.Equal(12, example.Ids.Length);
        Assert.Equal([.. whole, 2], example.Ids);
        Assert.Equal(" the mat.", tokenizer.DecodeAnswer(Prompt(example), Learnt(example)));
    }

    [SharedFact]
    public void Blanks_on_both_sides_of_the_seam_stay_where_they_are()
    {
        var tokenizer = CopyStories();

        var example = Assert.Single(_folder.Load("a.jsonl", """{"prompt": "One day ", "completion": "  a\n"}""").Train);

        Assert.Equal([.. tokenizer.Encode("One day   a\n", addBos: true), 2], example.Ids);
        Assert.Equal("One day ", tokenizer.Decode(Prompt(example)));
        Assert.Equal("One day   a\n", tokenizer.Decode(example.Ids));
    }

    [SharedFact]
    public void Another_answer_has_one_blank_before_it()
    {
        var tokenizer = CopyStories();

        var example = Assert.Single(_folder.Load("a.jsonl", """{"prompt": "The cat sat on", "completion": "the mat."}""").Train);

        Assert.Equal([.. tokenizer.Encode("The cat sat on", addBos: true), .. tokenizer.Encode("the mat.", addBos: false), 2], example.Ids);
        Assert.Equal(" the mat.", tokenizer.DecodeAnswer(Prompt(example), Learnt(example)));
    }

    [Theory]
    [InlineData(PromptTemplate.None, " \n  a b \n\n", " \n  a b \n\n")]
    [InlineData(PromptTemplate.Chat, " \n  a b \n\n", "a b")]
    public void Only_a_chat_s_answer_is_trimmed(PromptTemplate template, string answer, string shown)
    {
        var tokenizer = _folder.Open();

        Assert.Equal(shown, tokenizer.DecodeAnswer(tokenizer.Encode("ask", addBos: true), ByteTokenizer.Ids(answer), template));
    }

    [SharedFact]
    public void A_stream_goes_on_behind_its_prompt()
    {
        var tokenizer = CopyStories();
        var prompt = tokenizer.Encode("Once upon a", addBos: true);
        int[] answer = [378, 432, 383, 286, 261, 376, 298, 315];
        var stream = new TextStream(tokenizer, prompt);

        Assert.Equal(" time, there was a little gir", string.Concat(answer.Select(stream.Add)) + stream.End());
        Assert.Equal(" time, there was a little gir", tokenizer.DecodeAnswer(prompt, answer));
    }

    private static IEnumerable<int> Prompt(Example example) => example.Ids.Where((_, token) => example.Labels[token] == Example.Ignored);

    private static int[] Learnt(Example example) => [.. example.Labels.Where(label => label is not (Example.Ignored or 2))];

    private TextTokenizer CopyStories()
    {
        foreach (var file in Directory.EnumerateFiles(SharedFolder.At("data", "weights", "stories260K-hf"), "*.json"))
            _folder.Write(Path.GetFileName(file), File.ReadAllBytes(file));
        _folder.Write("tokenizer.model", File.ReadAllBytes(SharedFolder.At("data", "weights", "stories260K-hf", "tokenizer.model")));
        return _folder.Open();
    }
}
