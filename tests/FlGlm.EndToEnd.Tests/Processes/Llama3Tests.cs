using System.Text.Json.Nodes;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>A random model of Llama-3.2's kind (tied, grouped heads, llama3 rotary scaling) with a byte-level tokenizer: it trains, splits and answers.</summary>
public sealed class Llama3Tests : IDisposable
{
    private const string Config =
        """
        {
          "architectures": ["LlamaForCausalLM"], "model_type": "llama", "num_hidden_layers": 3, "hidden_size": 32, "intermediate_size": 48,
          "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "vocab_size": 264, "max_position_embeddings": 128, "rms_norm_eps": 1e-5,
          "tie_word_embeddings": true, "rope_theta": 500000.0, "hidden_act": "silu", "attention_bias": false, "mlp_bias": false,
          "bos_token_id": 259, "eos_token_id": [260, 263], "torch_dtype": "float32", "use_cache": true, "pretraining_tp": 1,
          "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192, "rope_type": "llama3"}
        }
        """;

    private readonly SplitFolder _folder = new() { Insecure = true };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_trains_split_as_centralised_and_answers_at_a_server_as_in_one_process()
    {
        File.WriteAllLines(_folder.At("chats.jsonl"), Enumerable.Range(1, 12).Select(day => $$"""
            {"conversations": [{"from": "human", "value": "Day {{day}}?"}, {"from": "gpt", "value": "Rain."}, {"from": "human", "value": "And then?"}, {"from": "gpt", "value": "Sun, {{day}}."}]}
            """));
        string[] settings =
        [
            await ModelAsync(), $"data.train={_folder.At("chats.jsonl")}", "data.template=chat", "data.loss_on=answers", "data.max_length=96",
        ];

        var train = await CommandRun.OfAsync(_folder.Train(settings));
        await _folder.SplitAsync("ada", settings, here: true);

        Assert.Equal((0, ""), (train.ExitCode, train.Error));
        Assert.Equal(_folder.Losses("train"), _folder.Losses("ada"));

        settings = [.. settings, $"peft.start={_folder.Adapter("train")}", "generation.max_new_tokens=8", "generation.min_new_tokens=8"];
        string[] question = ["-p", "Day 3?", "--json"];
        var local = await CommandRun.OfAsync(_folder.Generate("local", null, question, settings));
        await using var server = InProcessFlGlm.Start(_folder.Server([.. settings, "server.generate_only=true", $"run.directory={_folder.At("generating")}"]));
        var remote = await CommandRun.OfAsync(_folder.Generate("bob", await server.AddressAsync(), question, settings));

        Assert.Equal(0, local.ExitCode);
        Assert.Equal((local.ExitCode, local.Output), (remote.ExitCode, remote.Output));
        Assert.Equal(8, (int)JsonNode.Parse(Assert.Single(local.OutputLines))!["tokens"]!);
    }

    private async Task<string> ModelAsync()
    {
        var tokenizer = Directory.CreateDirectory(_folder.At("tokenizer")).FullName;
        ByteLevelTokenizer.WriteTo(tokenizer);
        await File.WriteAllTextAsync(_folder.At("config.json"), Config);
        var run = await CommandRun.OfAsync("init", "--config", _folder.At("config.json"), "--tokenizer", tokenizer, "--out", _folder.At("llama3"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return $"model.path={_folder.At("llama3")}";
    }
}
