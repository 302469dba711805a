using System.Text.Json;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

/// <summary>The published tokenizer of ChatGLM2 and ChatGLM3 against the ids that its makers' code gives.</summary>
public sealed class ChatGlm3VectorTests
{
    /// <summary>Opened once for all tests: reading it takes longer than they do.</summary>
    private static readonly Lazy<TextTokenizer>[] Opened = [.. new[] { 2, 3 }.Select(version => new Lazy<TextTokenizer>(() => OpenAnew(version)))];

    [SharedFact]
    public void Prompts_have_the_reference_ids_prefix_included()
    {
        var tokenizer = Open(version: 3);
        foreach (var item in Vectors().GetProperty("cases").EnumerateArray())
        {
            var text = item.GetProperty("text").GetString()!;
            Assert.Equal(Ids(item), tokenizer.EncodePrompt(new Dialogue(text)));
            Assert.Equal(text, tokenizer.Decode(Ids(item)));
        }
    }

    [SharedFact]
    public void Chats_of_ChatGLM3_have_the_reference_ids()
    {
        var tokenizer = Open(version: 3);
        foreach (var item in Vectors().GetProperty("chat_template_cases_chatglm3").EnumerateArray())
        {
            var said = item.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("content").GetString()!).ToArray();
            var history = said[..^1].Chunk(2).Select(pair => new Round(pair[0], pair[1])).ToArray();
            Assert.Equal(Ids(item), tokenizer.EncodePrompt(new Dialogue(said[^1]) { History = history }, PromptTemplate.Chat));
        }
        Assert.Equal([2, 64795, 64797], tokenizer.StopIds);
        Assert.Equal(64798, tokenizer.VocabularySize);
    }

    [SharedFact]
    public void Chats_of_ChatGLM2_have_the_reference_ids()
    {
        var tokenizer = Open(version: 2);
        var cases = Vectors().GetProperty("cases").EnumerateArray().ToArray();
        var answer = cases[2].GetProperty("text").GetString()!.Split("答：")[1].Split("\n\n")[0];

        Assert.Equal(Ids(cases[1]), tokenizer.EncodePrompt(new Dialogue("你好"), PromptTemplate.Chat));
        Assert.Equal(Ids(cases[2]), tokenizer.EncodePrompt(new Dialogue("晚上睡不着应该怎么办") { History = [new Round("你好", answer)] }, PromptTemplate.Chat));
        Assert.Equal([2], tokenizer.StopIds);
    }

    [SharedFact]
    public void The_last_turn_of_an_answer_is_found_in_the_published_ids()
    {
        const int Assistant = 64796;
        var tokenizer = Open(version: 3);
        int[] ids = [.. tokenizer.Encode("天气\n问", addBos: false), Assistant, .. tokenizer.Encode("\n 晴天。", addBos: false)];
        var stream = new TextStream(tokenizer);

        var streamed = string.Concat(ids.Select(stream.Add)) + stream.End();

        Assert.Equal(tokenizer.Decode(ids), streamed);
        Assert.Equal("晴天。", tokenizer.CleanAnswer(streamed));
    }

    [SharedFact]
    public void Llama_2_s_tokenizer_is_refused()
    {
        using var folder = new TempFolder();
        Write(folder, version: 2, SharedFolder.At("data", "tokenizers", "llama2", "tokenizer.model"));

        var error = Assert.Throws<CheckpointException>(() => TextTokenizer.Open(folder.Path));

        Assert.Contains("has 32005 pieces, far fewer than the model's vocab_size 65024", error.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void A_stream_of_ids_gives_the_whole_text()
    {
        var tokenizer = Open(version: 3);
        var ids = Ids(Vectors().GetProperty("cases")[2]);
        var stream = new TextStream(tokenizer);

        var parts = ids.Select(stream.Add).ToArray();

        Assert.Equal(tokenizer.Decode(ids), string.Concat(parts));
        Assert.All(parts, part => Assert.DoesNotContain('\uFFFD', part));
        Assert.Contains("👋", parts);
    }

    private static TextTokenizer Open(int version) => Opened[version - 2].Value;

    private static TextTokenizer OpenAnew(int version)
    {
        using var folder = new TempFolder();
        Write(folder, version, SharedFolder.At("data", "tokenizers", "chatglm3", "tokenizer.model"));
        return TextTokenizer.Open(folder.Path);
    }

    private static void Write(TempFolder folder, int version, string tokenizer)
    {
        File.Copy(tokenizer, folder.At("tokenizer.model"));
        folder.Write("config.json", """{"model_type": "chatglm", "ffn_hidden_size": 8, "padded_vocab_size": 65024, "eos_token_id": 2}""");
        if (version == 3)
            File.Copy(SharedFolder.At("data", "tokenizers", "chatglm3", "tokenizer_config.json"), folder.At("tokenizer_config.json"));
    }

    private static JsonElement Vectors()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.At("data", "tokenizers", "chatglm3", "vectors.json")));
        return json.RootElement.Clone();
    }

    private static int[] Ids(JsonElement item) => [.. item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
}
