using System.Text.Json;
using FlGlm.Client.Data;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

/// <summary>Llama-2's chat form against its published template, token for token.</summary>
public sealed class Llama2ChatVectorTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public Llama2ChatVectorTests() => _folder.Write("config.json", """{"model_type": "llama", "vocab_size": 32000, "bos_token_id": 1, "eos_token_id": 2}""");

    public void Dispose() => _folder.Dispose();

    public static TheoryData<int> Dialogues => [.. Enumerable.Range(0, Golden().Length)];

    [SharedTheory]
    [MemberData(nameof(Dialogues))]
    public void A_dialogue_has_the_ids_of_the_rendered_template(int number)
    {
        CopyTokenizer();
        var golden = Golden()[number];
        var messages = golden.GetProperty("messages");
        var isQuestion = messages[messages.GetArrayLength() - 1].GetProperty("role").GetString() == "user";

        var row = $$"""{"messages": {{messages.GetRawText().ReplaceLineEndings("")}}}""";
        var ids = isQuestion
            ? _folder.Open().EncodePrompt(Assert.Single(PromptFile.Read(_folder.Write("a.jsonl", row), PromptTemplate.Chat)), PromptTemplate.Chat)
            : Assert.Single(_folder.Load("a.jsonl", row, new DataSettings { Template = PromptTemplate.Chat }).Train).Ids;

        Assert.Equal(golden.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), ids);
    }

    [SharedFact]
    public void What_is_learnt_of_every_answer_is_its_text_and_eos()
    {
        CopyTokenizer();
        var row = $$"""{"messages": {{Golden()[2].GetProperty("messages").GetRawText()}}}""";

        var example = Assert.Single(_folder.Load("a.jsonl", row, new DataSettings { Template = PromptTemplate.Chat, LossOn = LossTarget.Answers }).Train);

        var learnt = Learnt(example);
        var tokenizer = _folder.Open();
        Assert.Equal(["```\n    x += 1\n``` ", "x += 2 ", "不客气 👋 "], learnt.Select(span => tokenizer.Decode(span)));
        Assert.All(learnt, span => Assert.Equal(2, span[^1]));
    }

    /// <summary>The runs of learnt tokens.</summary>
    private static List<int[]> Learnt(Example example)
    {
        var spans = new List<List<int>>();
        for (var token = 0; token < example.Labels.Length; token++)
        {
            if (example.Labels[token] == Example.Ignored)
                continue;
            if (token == 0 || example.Labels[token - 1] == Example.Ignored)
                spans.Add([]);
            spans[^1].Add(example.Ids[token]);
        }

        return [.. spans.Select(span => span.ToArray())];
    }

    private void CopyTokenizer() =>
        _folder.Write("tokenizer.model", File.ReadAllBytes(SharedFolder.At("data", "tokenizers", "llama2", "tokenizer.model")));

    private static JsonElement[] Golden()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(GoldenFile.At("llama2-chat.json")));
        return [.. json.RootElement.Clone().EnumerateArray()];
    }
}
