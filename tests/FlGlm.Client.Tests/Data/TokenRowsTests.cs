using FlGlm.Client.Data;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tests.Data;

public sealed class TokenRowsTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"input_ids": [1, 5, 6, 2], "labels": [-100, -100, 6, 2]}""", new[] { -100, -100, 6, 2 })]
    [InlineData("""{"input_ids": [1, 5, 6, 2], "labels": null}""", new[] { 1, 5, 6, 2 })]
    [InlineData("""{"input_ids": [1, 5, 6, 2]}""", new[] { 1, 5, 6, 2 })]
    [InlineData("""{"input_ids": [0, 1, 5, 6, 2, 0], "labels": [-100, -100, 5, 6, 2, -100], "attention_mask": [0, 1, 1, 1, 1, 0]}""", new[] { -100, 5, 6, 2 })]
    public void Token_ids_are_learnt_where_their_labels_say_so_and_padding_is_left_out(string row, int[] labels)
    {
        var example = Assert.Single(_folder.Load("a.jsonl", row).Train);

        Assert.Equal([1, 5, 6, 2], example.Ids);
        Assert.Equal(labels, example.Labels);
    }

    [Fact]
    public void Token_ids_need_no_tokenizer_and_a_text_does()
    {
        _folder.Delete("tokenizer.model");

        Assert.Single(_folder.Load("a.jsonl", """{"input_ids": [1, 5, 2]}""").Train);
        var error = Assert.Throws<CheckpointException>(() => _folder.Load("b.jsonl", """{"prompt": "a", "completion": "b"}"""));
        Assert.Contains("has no tokenizer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_cannot_be_used_are_dropped_and_counted()
    {
        const string Rows = """
            {"input_ids": []}
            {"input_ids": [5]}
            {"input_ids": [5, 6], "labels": [5, -100]}
            {"input_ids": [5, 6, 7, 8]}
            {"input_ids": [5, 6, 7]}
            """;

        var data = _folder.Load("a.jsonl", Rows, new DataSettings { MaxLength = 3 });

        Assert.Equal([5, 6, 7], Assert.Single(data.Train).Ids);
        Assert.EndsWith("5 rows read, 1 kept, dropped: 1 for more tokens than data.max_length, 3 for no token to learn; 3 tokens", data.Reports[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"input_ids": [1, 259]}""", ": 'input_ids' holds 259, and the model knows 0 to 258; tokenise with this model's own tokenizer.")]
    [InlineData("""{"input_ids": [1, -1]}""", ": 'input_ids' holds -1, and the model knows 0 to 258; tokenise with this model's own tokenizer.")]
    [InlineData("""{"input_ids": [1, 2], "labels": [-100, 300]}""", ": 'labels' holds 300, and the model knows 0 to 258; tokenise with this model's own tokenizer.")]
    [InlineData("""{"input_ids": [1, 2, 3], "labels": [1, 2]}""", " has 3 input_ids and 2 labels; one for each is needed.")]
    [InlineData("""{"input_ids": [1, 2], "attention_mask": [1]}""", " has 2 input_ids and 1 attention_mask; one for each is needed.")]
    [InlineData("""{"input_ids": "1 2"}""", ": 'input_ids' is a text, not a list of integers.")]
    [InlineData("""{"input_ids": [1, "2"]}""", ": 'input_ids' holds a text, not integers alone.")]
    [InlineData("""{"input_ids": [1, 2.5]}""", ": 'input_ids' holds 2.5, which is no token id.")]
    public void A_row_that_is_wrong_is_named_by_file_and_line(string row, string message)
    {
        var error = Assert.Throws<DataException>(() => _folder.Load("a.jsonl", """{"input_ids": [1, 2]}""" + "\n" + row));

        Assert.Equal(2, error.Line);
        Assert.Equal($"'{error.Path}' line 2{message}", error.Message);
    }

    [Theory]
    [InlineData("[1, 20, 5]", " has no <sop> (21), which every row of a ChatGLM-6B needs; tokenise with this model's own tokenizer.")]
    [InlineData("[1, 21, 5]", " has no [gMASK] (20) nor [MASK] (19), which every row of a ChatGLM-6B needs; tokenise with this model's own tokenizer.")]
    [InlineData("[1, 19, 21, 5]", null)]
    public void A_row_of_ChatGLM_6B_needs_its_marks(string ids, string? message)
    {
        WriteChatGlmConfig();
        var row = $$"""{"input_ids": {{ids}}}""";

        if (message is null)
            Assert.Single(_folder.Load("a.jsonl", row).Train);
        else
            Assert.EndsWith("line 1" + message, Assert.Throws<DataException>(() => _folder.Load("a.jsonl", row)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"input_ids": [5, 6, 20, 21, 7, 8]}""", new[] { -100, -100, -100, 21, 7, 8 })]
    [InlineData("""{"input_ids": [0, 5, 19, 6, 21, 7, 21], "attention_mask": [0, 1, 1, 1, 1, 1, 1]}""", new[] { -100, -100, -100, 21, 7, 21 })]
    [InlineData("""{"input_ids": [5, 6, 20, 21, 7, 8], "labels": [5, 6, 20, 21, 7, 8]}""", new[] { 5, 6, 20, 21, 7, 8 })]
    public void A_row_of_ChatGLM_6B_without_labels_teaches_its_answer_and_not_its_context(string row, int[] labels)
    {
        WriteChatGlmConfig();

        Assert.Equal(labels, Assert.Single(_folder.Load("a.jsonl", row).Train).Labels);
    }

    private void WriteChatGlmConfig() => _folder.Write(
        "config.json", """{"model_type": "chatglm", "vocab_size": 30, "inner_hidden_size": 8, "bos_token_id": 21, "gmask_token_id": 20, "mask_token_id": 19}""");
}
