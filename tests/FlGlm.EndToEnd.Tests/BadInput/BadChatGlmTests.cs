using System.Text;
using System.Text.Json.Nodes;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.BadInput;

/// <summary>Input that is refused for a ChatGLM-6B of 4 blocks; ids 60 to 63 are MASK, gMASK, sop and eop.</summary>
public sealed class BadChatGlmTests : IDisposable
{
    private const string GoodRow = """{"input_ids": [5, 6, 61, 62, 7, 63], "labels": [-100, -100, -100, 62, 7, 63]}""";
    private static readonly TinyChatGlm Model = new() { TiedHead = true };
    private readonly SplitFolder _folder = new() { Insecure = true };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("[5, 6, 61, 7, 63]", "line 2 has no <sop> (62), which every row of a ChatGLM-6B needs")]
    [InlineData("[5, 6, 62, 7, 63]", "line 2 has no [gMASK] (61) nor [MASK] (60)")]
    [InlineData("[5, 64, 61, 62, 7]", "line 2: 'input_ids' holds 64, and the model knows 0 to 63")]
    public async Task A_row_of_ids_that_is_not_this_model_s(string ids, string says) =>
        await RefusedAsync(4, [says], Rows(GoodRow, $$"""{"input_ids": {{ids}}}"""));

    [Fact]
    public async Task A_context_longer_than_the_model()
    {
        var ids = string.Join(", ", Enumerable.Repeat(5, 127).Concat([61, 62, 7, 63]));
        await RefusedAsync(4, ["rows.jsonl", "No row can be used", "more tokens than data.max_length"], Rows($$"""{"input_ids": [{{ids}}]}"""), "data.max_length=128");
        await RefusedAsync(2, ["data.max_length: 131 is more than the model's 128 positions; 128 or less."], Rows(GoodRow), "data.max_length=131");
    }

    [Fact]
    public async Task A_prefix_of_another_length_or_layer_count_or_base()
    {
        var prefix = await TrainedAsync("prefix", Model, "peft.method=p_tuning_v2");
        string[] start = ["peft.method=p_tuning_v2", $"peft.start={prefix}"];

        await RefusedAsync(3, ["holds a prefix of length 8 for 4 blocks of key width 32; this run has length 9 for 4 blocks"], [.. start, "peft.prefix.length=9"]);
        await RefusedAsync(3, ["for 4 blocks of key width 32; this run has length 8 for 5 blocks"], [.. start, Base(Model with { Blocks = 5 })]);
        await RefusedAsync(3, ["of key width 32; this run has length 8 for 4 blocks of key width 48"], [.. start, Base(Model with { Hidden = 48 })]);
        await RefusedAsync(3, ["prefix' holds an adapter of another method than peft.method"], $"peft.start={prefix}", "peft.lora.targets=[]");
    }

    [Fact]
    public async Task An_adapter_of_another_base()
    {
        var lora = await TrainedAsync("lora", Model, "peft.lora.targets=[query_key_value]");
        string[] start = ["peft.lora.targets=[query_key_value]", $"peft.start={lora}"];

        await RefusedAsync(3, ["lora' has another shape than this model's; use an adapter of this base model"], [.. start, Base(Model with { Hidden = 48 })]);
        await RefusedAsync(3, ["has nothing for 'transformer.layers.4."], [.. start, Base(Model with { Blocks = 5 })]);
        await RefusedAsync(3, ["adapts 'transformer.layers.3.attention.query_key_value', which is in none of this model's 3 blocks"], [.. start, Base(Model with { Blocks = 3 })]);
        await RefusedAsync(3, ["which is in none of this model's 4 blocks; use an adapter of this base model"], [.. start, Base(new TinyChatGlm2())]);
    }

    [Fact]
    public async Task A_quantised_checkpoint()
    {
        var path = Path.Combine(Model.Write(_folder.At("quantised")), "config.json");
        var config = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        config["quantization_bit"] = 4;
        await File.WriteAllTextAsync(path, config.ToJsonString());

        await RefusedAsync(3, ["quantised", "'quantization_bit'", "quantised to 4 bits, which cannot be loaded; use the float16 checkpoint"], $"model.path={_folder.At("quantised")}");
    }

    [Theory]
    [InlineData("tokenizer.model", "has only tokenizer.model, the tokenizer of another model family: the model's ice_text.model (SentencePiece) is needed")]
    [InlineData("ice_text.model", "ice_text.model' has no piece [MASK]: it is no ChatGLM-6B's tokenizer")]
    public async Task A_ChatGLM2_s_tokenizer(string name, string says)
    {
        var model = Model.Write(_folder.At("text"));
        await File.WriteAllBytesAsync(Path.Combine(model, name), ByteTokenizer.Model());

        await RefusedAsync(3, [says], Rows("""{"prompt": "a", "completion": "b"}"""), $"model.path={model}");
        var asked = await CommandRun.OfAsync(_folder.Generate("local", null, ["-p", "a", "--out", _folder.At("answers.jsonl")], $"model.path={model}", "peft.lora.targets=[]"));

        Assert.Equal((3, "", false), (asked.ExitCode, asked.Output, File.Exists(_folder.At("answers.jsonl"))));
        Assert.Contains(says, asked.ErrorLines[^1], StringComparison.Ordinal);
    }

    /// <summary>Runs it centralised, and at a client, which reads its own input before it contacts the server.</summary>
    private async Task RefusedAsync(int exitCode, string[] says, params string[] settings)
    {
        string[] all = [Base(Model), "peft.lora.targets=[query_key_value]", $"data.train=[{Write("good.jsonl", GoodRow)}]", .. settings];
        await Refusal.AssertAsync(_folder, _folder.Train(all), exitCode, says);
        await Refusal.AssertAsync(_folder, _folder.Client("ada", "127.0.0.1:1", all), exitCode, says);
        Assert.False(Directory.Exists(_folder.At("ada")));
    }

    private async Task<string> TrainedAsync(string name, TinyModel model, params string[] settings)
    {
        var run = await CommandRun.OfAsync(_folder.Train([Base(model), Rows(GoodRow), "training.steps=1", $"run.directory={_folder.At("trained")}", .. settings]));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Directory.Move(_folder.At("trained", "adapter"), _folder.At(name));
        return _folder.At(name);
    }

    private string Base(TinyModel model) => $"model.path={model.Write(_folder.At($"base-{model.Family.Name}-{model.Blocks}-{model.Hidden}"))}";

    private string Rows(params string[] rows) => $"data.train=[{Write("rows.jsonl", rows)}]";

    private string Write(string name, params string[] rows) => _folder.Write(name, Encoding.UTF8.GetBytes(string.Join('\n', rows)));
}
