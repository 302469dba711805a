using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

public sealed class JsonListTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_json_file_is_one_list_of_rows()
    {
        var data = _folder.Load("a.json", """
             [  {
                "answer": "yes",
                "question": "ask"
                }, {"input_ids": [1, 5, 2]}]
            """);

        Assert.Equal([[1, .. ByteTokenizer.Ids("askyes"), 2], [1, 5, 2]], data.Train.Select(row => row.Ids));
    }

    [Theory]
    [InlineData("""[{"question": "a", "answer": "b"}, {"question": "a"}]""", null, " row 2 has a question and no answer to learn: it has the fields question, and beside 'question' the answer stands in 'answer'; data.columns.prompt and data.columns.answer name others.")]
    [InlineData("""[7]""", null, " row 1 is a number, not a JSON object.")]
    [InlineData("""{"question": "a"}""", null, " is an object, not a list of row objects.")]
    [InlineData("[{\"question\": \"a\"},\n{\"question\"}]", 2, " line 2 is not JSON. A .json file holds one list of row objects, or one object a line.")]
    public void A_bad_list_is_named_by_file_and_row(string text, int? line, string message)
    {
        var error = Assert.Throws<DataException>(() => _folder.Load("a.json", text));

        Assert.Equal(line, error.Line);
        Assert.StartsWith($"'{error.Path}'{message}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
