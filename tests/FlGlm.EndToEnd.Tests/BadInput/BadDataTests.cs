using System.Text;
using FlGlm.EndToEnd.Tests.Processes;

namespace FlGlm.EndToEnd.Tests.BadInput;

public sealed class BadDataTests : IDisposable
{
    private const string GoodRow = """{"prompt": "two and two", "completion": "four"}""";
    private readonly SplitFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_is_missing() =>
        await Refusal.AssertAsync(_folder, _folder.Train($"data.train=[{_folder.At("none.txt")}]"), 4, "none.txt");

    [Theory]
    [InlineData("empty.txt", "", "empty.txt' is empty")]
    [InlineData("rows.jsonl", GoodRow + "\n{\"prompt\": \"and?\"}\n", "rows.jsonl' line 2 has a question and no answer to learn")]
    [InlineData("rows.jsonl", GoodRow + "\n{\"prompt\": \"and?\", \"completion\"}\n", "rows.jsonl' line 2 is not JSON")]
    [InlineData("rows.jsonl", "[1, 2]\n", "rows.jsonl' line 1 is a list, not a JSON object")]
    [InlineData("rows.jsonl", "{\"prompt\": 1, \"completion\": \"one\"}\n", "rows.jsonl' line 1: 'prompt' is a number, not a text")]
    [InlineData("latin1.txt", "first line\nna\u00efve\n", "latin1.txt' is not UTF-8: byte 13, in line 2", "Convert the file")]
    public async Task A_file_that_cannot_be_used_is_named_with_its_line(string name, string content, params string[] says)
    {
        var file = _folder.Write(name, Encoding.Latin1.GetBytes(content));
        await Refusal.AssertAsync(_folder, _folder.Train($"data.train=[{file}]"), 4, says);
    }

    [Theory]
    [InlineData("data.partition.parts: 0 is no number of clients; 1 or more.", "by=iid")]
    [InlineData("data.partition.index: 3 is none of the parts 1 to 2;", "by=iid", "parts=2", "index=3")]
    [InlineData("data.partition.alpha: 0 is out of range;", "by=dirichlet", "parts=2", "index=1", "alpha=0")]
    [InlineData("data.partition.counts: has 1 number(s) for 2 part(s);", "by=counts", "parts=2", "index=1", "counts=[1]")]
    [InlineData("data.partition.counts: are 1001 rows together, and there are ", "by=counts", "parts=2", "index=1", "counts=[1000, 1]")]
    [InlineData("data.partition.parts: 1000 are more than the ", "by=iid", "parts=1000", "index=1")]
    [InlineData("data.partition.parts: 2, and there are 1 file(s) to train on;", "by=files", "parts=2", "index=1")]
    [InlineData("data.partition.by: label_skew sorts rows by their labels, and '", "by=label_skew", "parts=2", "index=1")]
    [InlineData("data.partition.alpha: of 5 parts, these have no row: ", "by=dirichlet", "parts=5", "index=1", "alpha=0.001")]
    public async Task A_partition_that_cannot_be_made_is_named_with_the_key_to_change(string says, params string[] settings) =>
        await Refusal.AssertAsync(_folder, _folder.Train([.. settings.Select(setting => $"data.partition.{setting}")]), 2, says);

    [Theory]
    [InlineData("data.max_length=129", "data.max_length: 129 is more than the model's 128 positions; 128 or less")]
    [InlineData("data.train=[rows.xlsx]", "data.format", "rows.xlsx")]
    [InlineData("split.head=3", "split: head 3 and tail 1", "3")]
    [InlineData("peft.lora.targets=[query]", "peft.lora.targets: query is in no block", "q_proj")]
    public async Task A_setting_that_does_not_fit_model_or_data_is_named(string setting, params string[] says) =>
        await Refusal.AssertAsync(_folder, _folder.Train(setting), 2, says);
}
