using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Peft;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Peft;

/// <summary>A model in the folder <c>chatglm3-6b</c>, published as <c>hub/chatglm3</c>, and adapters that name various base models.</summary>
public sealed class AdapterWarningsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _model;

    public AdapterWarningsTests() => _model = Named(new TinyChatGlm2 { Hidden = 16, Intermediate = 8 }.Write(_folder.At("chatglm3-6b")), "hub/chatglm3");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/elsewhere/ChatGLM3-6B/")]
    [InlineData("D:\\models\\chatglm3-6b")]
    [InlineData("other/chatglm3")]
    [InlineData("")]
    public void Another_path_of_the_same_name_or_no_name_gives_no_warning(string recorded) => Assert.Null(Warning(Lora(recorded)));

    [Theory]
    [InlineData("hub/chatglm2-6b")]
    [InlineData("chatglm3-6b-base")]
    public void A_base_of_another_name_gives_a_warning(string recorded)
    {
        string[] adapters = [Lora(recorded), Prefix(recorded)];
        Assert.All(adapters, adapter => Assert.Contains($"was trained on '{recorded}', whose name differs from that of", Warning(adapter), StringComparison.Ordinal));
    }

    [Fact]
    public void Parts_give_the_same_warning_as_a_whole_adapter()
    {
        Directory.CreateDirectory(_folder.At("parts"));
        Directory.Move(Lora("hub/chatglm2-6b"), _folder.At("parts", "tail"));

        Assert.Contains("parts' was trained on 'hub/chatglm2-6b'", Warning(_folder.At("parts")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_without_an_adapter_gives_no_warning() => Assert.Null(Warning(_folder.At("nowhere")));

    [Fact]
    public void Keys_that_PEFT_does_not_have_are_named_beside_the_other_warnings()
    {
        var adapter = Lora("hub/chatglm2-6b");
        var path = Path.Combine(adapter, "adapter_config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config["lora_twist"] = 3;
        config["a_future_key"] = new JsonObject();
        File.WriteAllText(path, config.ToJsonString());

        Assert.Collection(
            Warnings(adapter),
            line => Assert.Contains("was trained on", line, StringComparison.Ordinal),
            line => Assert.Contains("has settings that are not known here and are left out (a_future_key, lora_twist)", line, StringComparison.Ordinal));
    }

    private static string Named(string directory, string name)
    {
        var path = Path.Combine(directory, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config["_name_or_path"] = name;
        File.WriteAllText(path, config.ToJsonString());
        return directory;
    }

    private string? Warning(string adapter) => Warnings(adapter).SingleOrDefault();

    private string[] Warnings(string adapter)
    {
        using var model = HfCheckpoint.Open(_model);
        return [.. AdapterWarnings.Lines(adapter, model)];
    }

    private string Lora(string recorded)
    {
        using var scope = NewDisposeScope();
        var config = new LoraAdapterConfig { BaseModel = recorded, Rank = 1, Alpha = 1, TargetModules = [] };
        AdapterDirectory.Write(_folder.At("lora"), new Adapter(config, new Dictionary<string, Tensor>()));
        return _folder.At("lora");
    }

    private string Prefix(string recorded)
    {
        using var scope = NewDisposeScope();
        Directory.CreateDirectory(_folder.At("prefix"));
        File.Copy(Path.Combine(_model, "config.json"), _folder.At("prefix", "config.json"), overwrite: true);
        SafetensorsWriter.Write(
            _folder.At("prefix", "model.safetensors"), new Dictionary<string, Tensor> { ["transformer.prefix_encoder.embedding.weight"] = zeros(1, 1) });
        return Named(_folder.At("prefix"), recorded);
    }
}
