using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.EndToEnd.Tests.Processes;

namespace FlGlm.EndToEnd.Tests.BadInput;

public sealed class BadCheckpointTests : IDisposable
{
    private readonly SplitFolder _folder = new();

    private string Weights => _folder.At("model", "model.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_directory_that_is_missing() =>
        await RefusedAsync(["nowhere/config.json"], $"model.path={_folder.At("nowhere")}");

    [Fact]
    public async Task A_directory_without_weights()
    {
        File.Delete(Weights);
        await RefusedAsync(["model' holds no model"]);
    }

    [Fact]
    public async Task Weights_that_are_cut_short()
    {
        Rewrite(bytes => bytes[..^100]);
        await RefusedAsync(["model.safetensors"]);
    }

    [Fact]
    public async Task An_index_that_names_a_shard_which_is_not_there()
    {
        Dictionary<string, string> shards;
        using (var checkpoint = HfCheckpoint.Open(_folder.At("model")))
            shards = checkpoint.Names.ToDictionary(name => name, name => name == "lm_head.weight" ? "model-00002-of-00002.safetensors" : "model-00001-of-00002.safetensors");
        File.Move(Weights, _folder.At("model", "model-00001-of-00002.safetensors"));
        File.WriteAllText(Weights + ".index.json", JsonSerializer.Serialize(new { weight_map = shards }));

        await RefusedAsync(["model-00002-of-00002.safetensors' is missing", "model.safetensors.index.json", "'lm_head.weight' (needed by tail", "Copy it there"]);
    }

    [Fact]
    public async Task Weights_of_other_shapes_than_the_configuration_says()
    {
        Configure("intermediate_size", 49);
        await RefusedAsync(["mlp.", "model.safetensors", "49", "48", "config.json"]);
    }

    [Fact]
    public async Task A_configuration_that_is_no_JSON()
    {
        File.WriteAllText(_folder.At("model", "config.json"), "{\"model_type\": ");
        await RefusedAsync(["config.json"]);
    }

    [Fact]
    public async Task A_model_of_an_unknown_family()
    {
        Configure("model_type", "orca");
        await RefusedAsync(["config.json", "orca"]);
    }

    [Fact]
    public async Task A_weight_that_is_no_number()
    {
        Rewrite(bytes =>
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(^4), float.NaN);
            return bytes;
        });
        await RefusedAsync(["model.safetensors", "NaN"]);
    }

    [Fact]
    public async Task A_pickle_that_holds_more_than_tensors()
    {
        File.Delete(Weights);
        using (var zip = ZipFile.Open(_folder.At("model", "pytorch_model.bin"), ZipArchiveMode.Create))
        using (var pickle = zip.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open())
            pickle.Write([0x80, 2, .. "cos\nsystem\nX\u0004\0\0\0exit\x85R."u8]);

        await RefusedAsync(["pytorch_model.bin", "os.system"]);
    }

    [Fact]
    public async Task A_tokenizer_larger_than_the_vocabulary()
    {
        _folder.WriteModel("small", SplitFolder.Model with { Vocabulary = 64 });
        await RefusedAsync(["tokenizer.model", "259", "64"], $"model.path={_folder.At("small")}");
    }

    [Fact]
    public async Task A_directory_without_a_tokenizer()
    {
        File.Delete(_folder.At("model", "tokenizer.model"));
        await RefusedAsync(["model' has no tokenizer", "copy it there"]);
    }

    [Fact]
    public async Task An_adapter_to_start_from_that_is_missing() =>
        await RefusedAsync(["adapter_config.json"], $"peft.start={_folder.At("nowhere")}");

    private Task RefusedAsync(string[] says, params string[] settings) => Refusal.AssertAsync(_folder, _folder.Train(settings), exitCode: 3, says);

    private void Rewrite(Func<byte[], byte[]> change) => File.WriteAllBytes(Weights, change(File.ReadAllBytes(Weights)));

    private void Configure(string key, JsonNode value)
    {
        var path = _folder.At("model", "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config[key] = value;
        File.WriteAllText(path, config.ToJsonString());
    }
}
