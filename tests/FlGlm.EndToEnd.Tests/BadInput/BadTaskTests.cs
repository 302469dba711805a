using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.BadInput;

/// <summary>Tasks that cannot be trained or evaluated: an exit code, one line, and no run directory.</summary>
public sealed class BadTaskTests : IDisposable
{
    private const string Rte = "superglue/rte";
    private readonly SplitFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(4, "data.folder=EMPTY", "has no file for train: none is named train with one of ")]
    [InlineData(4, "data.folder=BAD", "train.jsonl' line 1: has no 'hypothesis'; it has premise.")]
    [InlineData(2, "data.task=superglue/rt", "data.task: 'superglue/rt' is none of superglue/boolq, ")]
    [InlineData(2, "data.pattern=glm", "data.pattern: 'superglue/rte' has no 'glm'; it has cloze, ")]
    [InlineData(2, "data.pattern=cloze", "data.pattern: 'cloze' puts its answer in the place of a mask, which a Llama-2 does not have; causal, llama2-chat.")]
    [InlineData(2, "data.template=chat", "data.template: does not go with data.task, whose data.pattern says whether the chat form is used; none.")]
    [InlineData(2, "data.max_length=999", "data.max_length: 999 is more than the model's 128 positions; 128 or less.")]
    public async Task A_task_that_cannot_be_read_is_refused_by_train_and_evaluate(int code, string setting, string says)
    {
        setting = setting.Replace("EMPTY", Directory.CreateDirectory(_folder.At("empty")).FullName, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(_folder.At("bad")).FullName, "train.jsonl"), "{\"premise\": \"P.\"}\n");
        File.Copy(RepositoryFolder.At("tests", "Fixtures", "tasks", "rte", "val.jsonl"), _folder.At("bad", "val.jsonl"));
        setting = setting.Replace("BAD", _folder.At("bad"), StringComparison.Ordinal);

        await Refusal.AssertAsync(_folder, _folder.Train([.. Task, setting]), code, says);
        await Refusal.AssertAsync(_folder, _folder.Evaluate(["--split", "train"], [.. Task, setting]), code, says);
    }

    [Theory]
    [InlineData("--shard: '5/4' is no part of a whole; INDEX/COUNT, such as 1/4 to 4/4.", "--shard", "5/4")]
    [InlineData("--shard: '0/4' is no part of a whole; ", "--shard", "0/4")]
    [InlineData("--shard: 'x' is no part of a whole; ", "--shard", "x")]
    [InlineData("--limit: -1 is no number of rows; 1 or more.", "--limit", "-1")]
    [InlineData("--split: 'dev' is none of train, val, test.", "--split", "dev")]
    [InlineData("--baseline: '", "--baseline", "nowhere")]
    [InlineData("--tolerance: -1 is no number of points; 0 or more.", "--baseline", "nowhere", "--tolerance", "-1")]
    public async Task An_option_that_makes_no_sense_is_refused(string says, params string[] options) =>
        await Refusal.AssertAsync(_folder, _folder.Evaluate(options, Task), 2, says);

    private static string[] Task => [$"data.task={Rte}", $"data.folder={RepositoryFolder.At("tests", "Fixtures", "tasks", "rte")}", "data.train=[]", "data.max_length=128"];
}
