using System.Text.Json.Nodes;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>ChatGLM3's published tokenizer with a random model of its vocabulary and hardly anything else: Chinese text in, Chinese text out.</summary>
public sealed class ChatGlm3TextTests : IDisposable
{
    private readonly SplitFolder _folder = new() { Insecure = true };

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public async Task Chats_are_answered_at_a_server_as_in_one_process()
    {
        File.WriteAllText(_folder.At("chats.jsonl"), """{"question": "那晚上呢？", "history": [["我失眠怎么办？", "多运动。"]]}""");
        string[] model = [await ModelAsync(), "peft.lora.targets=[]"];
        string[] options = ["-p", "头疼\n怎么办？", "-f", _folder.At("chats.jsonl"), "--json"];
        string[] settings = [.. model, "data.template=chat", "generation.max_new_tokens=8", "generation.min_new_tokens=8"];

        var local = await CommandRun.OfAsync(_folder.Generate("local", null, options, settings));
        await using var server = InProcessFlGlm.Start(_folder.Server([.. model, "server.generate_only=true"]));
        var remote = await CommandRun.OfAsync(_folder.Generate("ada", await server.AddressAsync(), options, settings));

        Assert.Equal(0, local.ExitCode);
        Assert.Equal((local.ExitCode, local.Output), (remote.ExitCode, remote.Output));
        Assert.Equal(["头疼\n怎么办？", "那晚上呢？"], local.OutputLines.Select(line => (string?)JsonNode.Parse(line)!["prompt"]));
        Assert.All(local.OutputLines, line => Assert.NotEqual("", (string?)JsonNode.Parse(line)!["text"]));
    }

    [SharedFact]
    public async Task The_ready_configuration_trains_on_medical_questions_and_its_loss_falls()
    {
        string[] settings =
        [
            await ModelAsync(), $"data.train=[{Rows("train", 6)}]", $"data.validation={Rows("val", 2)}", "data.max_length=64",
            "training.steps=6", "training.batch_size=1", "client.eval_every=0", $"run.directory={_folder.At("train")}",
        ];

        var run = await CommandRun.OfAsync(
            ["train", "--config", RepositoryFolder.At("configs", "huatuo-chatglm2.yaml"), .. settings.SelectMany(setting => new[] { "--set", setting })]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(6, _folder.Losses("train").Count);
        var losses = _folder.ValidationLosses("train");
        Assert.True(losses[^1] < losses[0], $"validation loss {losses[0]} to {losses[^1]}");
        Assert.True(File.Exists(_folder.At("train", "adapter", "model.safetensors")));
        Assert.True(File.Exists(_folder.At("train", "adapter", "tokenizer.model")));
    }

    /// <summary>The ready model's configuration, smaller.</summary>
    private async Task<string> ModelAsync()
    {
        var config = JsonNode.Parse(await File.ReadAllTextAsync(RepositoryFolder.At("eng", "huatuo", "config.json")))!;
        (config["num_layers"], config["hidden_size"], config["kv_channels"], config["ffn_hidden_size"]) = (3, 16, 4, 24);
        await File.WriteAllTextAsync(_folder.At("config.json"), config.ToJsonString());
        var run = await CommandRun.OfAsync(
            "init", "--config", _folder.At("config.json"), "--tokenizer", SharedFolder.At("data", "tokenizers", "chatglm3"), "--out", _folder.At("chatglm3"));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return $"model.path={_folder.At("chatglm3")}";
    }

    private string Rows(string part, int count)
    {
        var rows = JsonNode.Parse(File.ReadAllText(SharedFolder.At("data", "huatuo", $"{part}.json")))!.AsArray();
        File.WriteAllText(_folder.At($"{part}.json"), new JsonArray([.. rows.Take(count).Select(row => row!.DeepClone())]).ToJsonString());
        return _folder.At($"{part}.json");
    }
}
