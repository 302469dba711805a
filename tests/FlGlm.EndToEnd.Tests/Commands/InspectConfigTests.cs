using System.Text.Json;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Commands;

/// <summary>The output of <c>flglm inspect</c> for a <c>config.json</c> without weights. Figures: the published checkpoints' own.</summary>
public sealed class InspectConfigTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(PublishedConfigs.ChatGlm6B, 6_173_286_400, 736_022_528, 5_235_875_840, 736_030_720)]
    [InlineData(PublishedConfigs.ChatGlm26B, 6_243_584_000, 470_299_136, 5_302_981_632, 470_303_232)]
    [InlineData(PublishedConfigs.Llama27B, 6_738_415_616, 333_455_360, 6_071_500_800, 333_459_456)]
    public async Task A_published_model_has_its_known_sizes_without_a_single_weight(string config, long total, long head, long middle, long tail)
    {
        long[] parts = [head, middle, tail];
        var found = await FootprintAsync(config);

        Assert.Equal(total, found.GetProperty("parameters").GetInt64());
        Assert.Equal(parts, Of(found, "parameters"));
        Assert.Equal(parts.Select(part => 4 * part), Of(found, "float32_bytes"));
        Assert.Equal(parts.Select(part => 2 * part), Of(found, "half_bytes"));
        Assert.Equal("bfloat16", found.GetProperty("dtype").GetString());
        Assert.Equal(8192, found.GetProperty("wire_bytes_per_token").GetInt64());
        Assert.Equal(2 * 8192 * 512, found.GetProperty("wire_bytes_per_step_each_way").GetInt64());
    }

    [Fact]
    public async Task ChatGlm_6B_under_the_paper_s_settings_reads_like_this()
    {
        var run = await CommandRun.OfAsync("inspect", _folder.Write("config.json", PublishedConfigs.ChatGlm6B), "--set", "peft.method=p_tuning_v2");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        string[] says =
        [
            "configuration without weights, chatglm, 28 blocks",
            "6,173,286,400 parameters",
            "head block 0 736,022,528 parameters 2.74 GiB in float32 1.37 GiB in float16 or bfloat16",
            "middle blocks 1..26 5,235,875,840 parameters 19.51 GiB in float32 9.75 GiB in float16 or bfloat16",
            "tail block 27 736,030,720 parameters",
            "tied: 'transformer.word_embeddings.weight' (534,642,688 parameters)",
            "a training step: 1 x 512 tokens, bfloat16, P-tuning v2 of 128 positions, Adam",
            "= 1.37 GiB weights + 16.00 MiB for 1,048,576 that train",
            "= 9.75 GiB weights + 416.00 MiB for 27,262,976 that train",
            "= 1.37 GiB weights + 16.00 MiB for 1,048,576 that train",
            "the tied tensor once",
            "per token: 8,192 bytes of hidden state sent",
            "per step: 8.00 MiB sent, 8.00 MiB received",
        ];
        Assert.Equal(says.Length, run.OutputLines.Count);
        Assert.All(run.OutputLines.Zip(says), pair => Assert.Contains(pair.Second, string.Join(' ', pair.First.Split(' ', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("chatglm-6b-ptuning.yaml", PublishedConfigs.ChatGlm6B, 736_022_528, 5_235_875_840, 736_030_720, 29_360_128)]
    [InlineData("llama2-7b-lora.yaml", PublishedConfigs.Llama27B, 333_455_360, 6_071_500_800, 333_459_456, 16_777_216)]
    public async Task The_ready_configuration_of_a_published_model_has_the_figures_of_its_row(
        string file, string config, long head, long middle, long tail, long trained)
    {
        var model = Path.GetDirectoryName(_folder.Write("config.json", config))!;

        var run = await CommandRun.OfAsync("inspect", "--config", RepositoryFolder.At("configs", file), "--set", $"model.path={model}", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var found = JsonDocument.Parse(run.Output).RootElement.GetProperty("footprint");
        Assert.Equal([head, middle, tail], Of(found, "parameters"));
        Assert.Equal(trained, Of(found, "trained_parameters").Sum());
    }

    [Fact]
    public async Task What_is_tied_lies_once_at_the_client_and_counts_once()
    {
        const long Tied = 534_642_688;
        var found = await FootprintAsync(PublishedConfigs.ChatGlm6B, "--split", "2,3");

        Assert.Equal(Tied, found.GetProperty("shared").GetProperty("parameters").GetInt64());
        Assert.Equal(found.GetProperty("parameters").GetInt64() + Tied, Of(found, "parameters").Sum());
        var (total, client, server) = (Of(found, "total_bytes"), found.GetProperty("client_bytes").GetInt64(), found.GetProperty("server_bytes").GetInt64());
        Assert.Equal((total[0] + total[2] - (2 * Tied), total[1]), (client, server));
        Assert.Equal(["blocks 0..1", "blocks 2..24", "blocks 25..27"], found.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("blocks").GetString()!));
    }

    [Fact]
    public async Task A_run_s_configuration_is_used_and_names_the_model()
    {
        var model = Path.GetDirectoryName(_folder.Write("config.json", PublishedConfigs.Llama27B))!;
        var yaml = _folder.Write(
            "run.yaml",
            $$"""
            model: {path: {{model}}}
            split: {head: 2, tail: 1}
            peft:
              lora: {rank: 16, targets: [q_proj, k_proj, v_proj, o_proj]}
            training: {batch_size: 4}
            data: {max_length: 1024}
            """);

        var run = await CommandRun.OfAsync("inspect", "--config", yaml, "--set", "compute.dtype=bfloat16", "--json");

        var found = JsonDocument.Parse(run.Output).RootElement.GetProperty("footprint");
        Assert.Equal([2 * 524_288, 29 * 524_288, 524_288], Of(found, "trained_parameters"));
        Assert.Equal(29 * 16 * 524_288, Of(found, "training_bytes")[1]);
        Assert.Equal(2 * 4096 * 2 * 4 * 1024, found.GetProperty("wire_bytes_per_step_each_way").GetInt64());
    }

    [Fact]
    public async Task Longer_and_wider_steps_and_full_fine_tuning_need_more()
    {
        long[] all = [.. await ActivationsAsync(), .. await ActivationsAsync("training.batch_size=2"), .. await ActivationsAsync("data.max_length=1024")];
        Assert.All(all, bytes => Assert.InRange(bytes, 1L << 20, 1L << 36));
        Assert.All([0, 1], part => Assert.Equal(2 * all[part], all[part + 3]));
        Assert.All([3, 4, 5], part => Assert.Equal(all[part], all[part + 3]));
        Assert.InRange(all[5], all[2] + 1, (2 * all[2]) - 1); // the logits of no more than 256 tokens at a time
        long[] whole = [.. await ActivationsAsync("peft.method=none"), .. await ActivationsAsync("peft.method=none", "training.batch_size=2")];
        Assert.All([0, 1, 2], part => Assert.Equal(2 * whole[part], whole[part + 3]));
        long[] scores = [.. await ActivationsAsync("training.attention_dropout=0.1"), .. await ActivationsAsync("training.attention_dropout=0.1", "data.max_length=1024")];
        Assert.All([0, 1, 2], part => Assert.True(scores[part + 3] > 2 * scores[part]));

        var full = await FootprintAsync(PublishedConfigs.Llama27B, "--set", "peft.method=none", "--set", "compute.dtype=float32");
        Assert.Equal(Of(full, "parameters").Select(count => 12 * count), Of(full, "training_bytes"));
        var half = await FootprintAsync(PublishedConfigs.Llama27B, "--set", "peft.method=none", "--set", "compute.dtype=bfloat16");
        Assert.Equal(Of(half, "parameters").Select(count => 18 * count), Of(half, "training_bytes"));
    }

    [Theory]
    [InlineData(3, "field 'quantization_bit': these weights are quantised to 8 bits", "\"model_type\"", "\"quantization_bit\": 8, \"model_type\"")]
    [InlineData(3, "describes a 'orca' model", "\"chatglm\"", "\"orca\"")]
    [InlineData(2, "peft.lora.targets: q_proj is in no block of a chatglm model", "", "", "--set", "peft.lora.targets=[q_proj]")]
    [InlineData(2, "training.batch_size: 0 is no batch", "", "", "--set", "training.batch_size=0")]
    public async Task What_cannot_be_computed_is_one_error_line(int code, string says, string old, string @new, params string[] more)
    {
        var config = old.Length == 0 ? PublishedConfigs.ChatGlm6B : PublishedConfigs.ChatGlm6B.Replace(old, @new, StringComparison.Ordinal);
        var run = await CommandRun.OfAsync(["inspect", _folder.Write("config.json", config), .. more]);
        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.Contains(says, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    private async Task<JsonElement> FootprintAsync(string config, params string[] more)
    {
        var directory = Path.GetDirectoryName(_folder.Write("config.json", config))!;
        var run = await CommandRun.OfAsync(["inspect", directory, "--json", .. more]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return JsonDocument.Parse(run.Output).RootElement.GetProperty("footprint");
    }

    private async Task<List<long>> ActivationsAsync(params string[] settings) =>
        Of(await FootprintAsync(PublishedConfigs.Llama27B, [.. settings.SelectMany(setting => new[] { "--set", setting })]), "activation_bytes");

    private static List<long> Of(JsonElement footprint, string property) =>
        [.. footprint.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty(property).GetInt64())];
}
